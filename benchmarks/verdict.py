"""What one isolated verdict costs, next to its peers and to what nothing can be faster than.

    python benchmarks/verdict.py --workspace DIR [--source SOURCE] [--count N] [--json FILE]

A verdict here is `Grader.grade` of a patch to one file, all in: the patch crosses over, new
namespaces and a new copy-on-write tree, pytest, canaries, the checks from outside. Nothing is
remembered between runs. The peers are measured in the same rounds: the same test by a cold
`pytest`, bare and under one plain bubblewrap command.

The bare one runs the named repository's tests on this machine *without any isolation*. The default
source, sqlparse 0.6.1, is known and trusted; name others only if you trust their code.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

from journeyman.cli.progress import Terminal
from journeyman.grading.grader import Grader
from journeyman.pipeline.adopt import adopt
from journeyman.pipeline.adopted import Adopted
from journeyman.records import Patch, Place, Task
from journeyman.sandbox import bubblewrap
from journeyman.sandbox.bubblewrap import Bind, Layout, Overlay
from journeyman.sandbox.forkserver import ForkServer
from journeyman.sandbox.limits import Limits
from journeyman.sandbox.session import Session
from journeyman.sandbox.testing.pytest_suite import PytestSuite
from journeyman.tasks.breaking import Site, Source, candidates
from journeyman.workspace import Workspace
from timing import descendants, in_turns, machine, quiet_run, resident_mib, summary, table

AIM_MS = 100.0
ONE, MANY, REPLAYED = "verdict, 1 test", "verdict, 10 tests", "verdict, 1 test, replayed"
BARE, PLAIN, FLOOR = "pytest, bare", "pytest, one bwrap", "python -c pass"
FORK, SESSION, OVERLAY = "/bin/true in the pool", "session: open, true, close", "bwrap overlay"


def main() -> None:
    """Adopt, measure, print, and write when asked to."""
    options = _options()
    with Terminal() as progress:
        opened = adopt(options.source, Workspace(options.workspace), progress=progress, workers=1)
    where = machine()
    print(f"{options.source}: {opened.baseline.counts['passing']} tests; {where}")
    with opened as adopted, tempfile.TemporaryDirectory() as scratch:
        chosen = judged(adopted)
        found = in_turns(cases(adopted, chosen, Path(scratch)), options.count)
        started = [_start(adopted) for _ in range(max(3, options.count // 10))]
        memory = {
            "server_mib": round(statistics.median(size for _, size in started), 1),
            "host_mib": round(resident_mib(os.getpid()), 1),
        }
    found["server start"] = summary([seconds for seconds, _ in started])
    print(f"1 test: {chosen[0].tests[0]}; patched: {chosen[0].place.path}")
    print(table(found, [BARE, PLAIN, FLOOR]))
    print(f"memory: server {memory['server_mib']} MiB, this process {memory['host_mib']} MiB (RSS)")
    word = "within" if found[ONE].median <= AIM_MS else "OVER"
    print(f"{ONE}: {found[ONE].median:.0f} ms, {word} the aim of {AIM_MS:.0f} ms")
    if options.json:
        times = {name: one.plain() for name, one in found.items()}
        data = {"source": options.source, "machine": where, "ms": times, "memory": memory}
        options.json.write_text(json.dumps(data, indent=1) + "\n", "utf-8")


def judged(adopted: Adopted) -> tuple[Task, Task]:
    """Return two tasks on one file, with 1 and with 10 tests of ordinary length.

    The reference fix is the base file and a comment, so that the repaired tree really is a patch.
    """
    passing = adopted.baseline.passing
    for site in sorted(_sites(adopted), key=lambda site: (site.path, site.start)):
        covering = adopted.coverage.tests_of(site.path, site.line, site.line) & passing.keys()
        tests = sorted(covering, key=lambda test: (passing[test], test))
        if len(tests) >= 10:
            middle = len(tests) // 2
            spread = tests[:: max(1, len(tests) // 10)][:10]
            return _task(adopted, site, tests[middle : middle + 1]), _task(adopted, site, spread)
    raise SystemExit("no line is covered by ten tests; name another --source")


def cases(
    adopted: Adopted, chosen: tuple[Task, Task], scratch: Path
) -> dict[str, Callable[[], object]]:
    """Return what is timed, by name."""
    one, many = chosen
    suite = PytestSuite(adopted.pool, adopted.suite.settings, None, adopted.baseline.passing)
    grader = Grader(suite, adopted.protected, adopted.read)
    base, binds = adopted.pool.server.base, adopted.pool.server.binds
    tree = scratch / "tree"
    shutil.copytree(base, tree, symlinks=True)
    unlike = Patch(files={path: f"{text}# unlike\n" for path, text in one.fix.files.items()})
    cold = ["-m", "pytest", "-q", "-p", "no:cacheprovider", *suite.settings.arguments, one.tests[0]]
    variables = dict(suite.settings.environment)
    python = adopted.adoption.environment.python
    real = str(Path(adopted.adoption.environment.venv, "bin", "python"))
    if not adopted.adoption.environment.venv:
        real = python
    inside = {**variables, "PYTHONPATH": ":".join(suite.settings.python_path)}
    places = [str(tree) + place.removeprefix("/repo") for place in suite.settings.python_path]
    outside = {**os.environ, **variables, "PYTHONPATH": ":".join(places)}
    outside["PYTHONDONTWRITEBYTECODE"] = "1"
    plain = Layout(binds=(*binds, Bind(base, "/repo")), environment=inside)
    return {
        ONE: partial(_grade, grader, one, one.fix),
        MANY: partial(_grade, grader, many, many.fix),
        REPLAYED: partial(_grade, grader, one, unlike),
        BARE: partial(quiet_run, [real, *cold], cwd=tree, env=outside),
        PLAIN: partial(_bwrap, plain, [python, *cold]),
        FLOOR: partial(quiet_run, [real, "-c", "pass"]),
        "/bin/true, bare": partial(quiet_run, ["/bin/true"]),
        FORK: partial(_true, adopted),
        SESSION: partial(_session, adopted),
        OVERLAY: partial(_overlay, base, scratch),
    }


def _grade(grader: Grader, task: Task, patch: Patch) -> None:
    verdict = grader.grade(task, patch)
    if not verdict.solved:
        raise SystemExit(f"the reference was not accepted: {verdict}")


def _bwrap(layout: Layout, command: Sequence[str]) -> None:
    result = bubblewrap.run(layout, command, timeout_s=60, cwd="/repo")
    if result.code:
        raise SystemExit(result.output)


def _true(adopted: Adopted) -> None:
    message = {"command": ["/bin/true"], "files": {}, "limits": Limits().plain()}
    answer = adopted.pool.ask(message, 60)
    if answer["status"]:
        raise SystemExit(str(answer))


def _session(adopted: Adopted) -> None:
    session = Session(adopted.tree, None, adopted.pool)
    result = session.run(["true"])
    session.close()
    if result.exit_code or session.patch().files:
        raise SystemExit(result.output)


def _overlay(base: Path, scratch: Path) -> None:
    place = scratch / "overlay"
    upper, work = place / "upper", place / "work"
    upper.mkdir(parents=True)
    work.mkdir()
    _bwrap(Layout(overlay=Overlay(base, upper, work, "/repo")), ["/bin/true"])
    shutil.rmtree(place)


def _start(adopted: Adopted) -> tuple[float, float]:
    """Return the seconds a server took to be ready, and its resident memory in MiB."""
    before = set(descendants(os.getpid()))
    started = time.perf_counter()
    server: AbstractContextManager[ForkServer] = ForkServer(adopted.pool.server)
    seconds = time.perf_counter() - started
    with server:
        own = set(descendants(os.getpid())) - before
        return seconds, sum(resident_mib(pid) for pid in own)


def _sites(adopted: Adopted) -> list[Site]:
    paths = [path for path in adopted.adoption.plan.code_files if path in adopted.coverage.files]
    fullest = max(paths, key=lambda path: len(adopted.coverage.files[path]))
    return list(candidates(Source(fullest, adopted.tree.read(fullest))))


def _task(adopted: Adopted, site: Site, tests: Sequence[str]) -> Task:
    text = adopted.tree.read(site.path)
    told = {field: getattr(site, field) for field in ("path", "function", "first", "last")}
    return Task(
        repository=adopted.adoption.name,
        base=adopted.tree.commit,
        source="breakage",
        family=site.family,
        quiet=False,
        statement="",
        broken=Patch(files={site.path: site.apply(text)}),
        fix=Patch(files={site.path: f"{text}\n# repaired\n"}),
        place=Place(**told),
        fail_to_pass=tuple(sorted(tests)),
        pass_to_pass=(),
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--source", default="pypi:sqlparse==0.6.1")
    parser.add_argument("--workspace", type=Path, required=True)
    parser.add_argument("--count", type=int, default=50)
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


if __name__ == "__main__":
    main()
