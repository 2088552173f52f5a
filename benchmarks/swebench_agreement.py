"""Does the grader of the `swebench` package agree with ours, on our exported rows, without Docker?

For each task and each of several patches, right and wrong:

* theirs: the row is read by the package's own loader; its `eval_script` runs in a tree cloned from
  the exported repository, with the patch applied by `git apply` as the harness does; the package's
  `get_eval_report` (its log parser, its rules) says *resolved* or not. Docker is all that is not
  theirs: the script runs under bubblewrap instead, in the adopted environment.
* ours: the same diff goes through `Judge` to a verdict.

Cheats are told apart: the harness compares test results and nothing else, so it is expected to be
taken in where our grader is not.

    python benchmarks/swebench_agreement.py --workspace DIR [--tasks 40] [--cheats 3] [--json FILE]

The workspace has to hold an adopted repository; tasks that are not proven yet are.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from swebench.harness.constants import APPLY_PATCH_FAIL, START_TEST_OUTPUT
from swebench.harness.grading import get_eval_report
from swebench.harness.utils import load_swebench_dataset, make_test_spec

from journeyman.engine.local import ordered_map
from journeyman.interchange import swebench
from journeyman.interchange.diffs import git_diff
from journeyman.interchange.predictions import Judged, Prediction
from journeyman.pipeline.adopt import reopen
from journeyman.pipeline.adopted import Adopted
from journeyman.pipeline.export import export_tasks
from journeyman.pipeline.judge import Judge
from journeyman.pipeline.make_tasks import break_code, prove_tasks, tasks_of
from journeyman.records import Record, Task, digest
from journeyman.repository.launcher import Command, IsolatedLauncher
from journeyman.workspace import Workspace
from swebench_candidates import Candidate, cheats, honest

TIMEOUT_S = 300.0
_SCRIPT = """
set -u
cd /testbed
if [ -s /job/patch.diff ]; then
  git apply --verbose /job/patch.diff || git apply --verbose --3way /job/patch.diff || exit 77
fi
bash /job/eval.sh
"""


class Pair(Record):
    """One patch, judged twice."""

    instance: str
    kind: str
    cheat: bool
    theirs: bool
    ours: bool
    why: str = ""
    """What each side saw, where they disagree."""


class Agreement:
    """Judges candidates by both graders, on the rows exported to `folder`."""

    def __init__(self, adopted: Adopted, tasks: Sequence[Task], folder: Path) -> None:
        self.adopted = adopted
        self.folder = folder
        self.judge = Judge(adopted)
        export_tasks(adopted, tasks, "swe-bench", folder / "export")
        rows = load_swebench_dataset(str(folder / "export" / "test.jsonl"))
        self.rows = {row["instance_id"]: row for row in rows}

    def pair(self, candidate: Candidate) -> Pair:
        """Judge one candidate."""
        name = swebench.instance_id(candidate.task)
        before = swebench.starting(candidate.task, self.adopted.read)
        diff = git_diff(candidate.patch, before)
        report, log = self._theirs(name, diff)
        ours = self.judge.judge(
            candidate.task,
            Prediction(instance_id=name, model_name_or_path="benchmark", model_patch=diff),
        )
        theirs = bool(report["resolved"])
        why = "" if theirs == ours.resolved else _why(report, ours, log)
        return Pair(
            instance=name,
            kind=candidate.kind,
            cheat=candidate.cheat,
            theirs=theirs,
            ours=ours.resolved,
            why=why,
        )

    def _theirs(self, name: str, diff: str) -> tuple[dict[str, Any], str]:
        spec = make_test_spec(dict(self.rows[name]))
        with tempfile.TemporaryDirectory(dir=self.folder) as place:
            job, tree = Path(place, "job"), Path(place, "tree")
            job.mkdir()
            (job / "patch.diff").write_bytes(diff.encode())
            (job / "eval.sh").write_text(spec.eval_script)
            self._lay_out(name, tree)
            log = job / "test_output.txt"
            log.write_text(self._run(job, tree))
            prediction = {"instance_id": name, "model_name_or_path": "x", "model_patch": diff}
            found = get_eval_report(spec, prediction, str(log), include_tests_status=True)
            return found[name], log.read_text()

    def _lay_out(self, name: str, tree: Path) -> None:
        """Do what the exported Dockerfile does: clone the bundle, add what installing added."""
        bundle = self.folder / "export" / "tasks" / name / "start.bundle"
        clone = ["git", "clone", "--quiet", "--branch", name, str(bundle), str(tree)]
        quiet = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull}
        subprocess.run(clone, check=True, env={**os.environ, **quiet}, stderr=subprocess.DEVNULL)
        additions = Path(self.adopted.adoption.environment.additions or os.devnull)
        for file in sorted(additions.rglob("*")) if additions.is_dir() else ():
            place = tree / file.relative_to(additions)
            if file.is_file() and not place.exists():
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(file, place)

    def _run(self, job: Path, tree: Path) -> str:
        environment = self.adopted.adoption.environment
        shown = [(host, inside, False) for host, inside in environment.binds()]
        # The environment's own link to the repository says /repo, the rows say /testbed.
        shown += [(tree, "/testbed", True), (tree, "/repo", True), (job, "/job", False)]
        known = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory"}
        command = Command(
            ["bash", "-c", _SCRIPT],
            shown,
            env={**known, "GIT_CONFIG_VALUE_0": "*"},
            timeout_s=TIMEOUT_S,
        )
        done = IsolatedLauncher("bubblewrap").run(command)
        failed = f"\n{APPLY_PATCH_FAIL}\n" if done.code == 77 else ""
        return done.output + failed


def _why(report: dict[str, Any], ours: Judged, log: str) -> str:
    status = report.get("tests_status", {})
    failed = [test for part in status.values() for test in part["failure"]]
    theirs = f"{len(failed)} tests failed, {failed[0]}" if failed else "all tests passed"
    if not status:
        theirs = "no test results in the log" if START_TEST_OUTPUT in log else "no run"
    verdict = ours.verdict
    if verdict is None:
        return f"theirs: {theirs}; ours: {ours.state} ({ours.why})"
    seen = [f"{flag.check}: {flag.detail}" for flag in verdict.flags]
    seen += [f"failed {test}" for test in verdict.failed[:1]]
    seen += [f"missing {test}" for test in verdict.missing[:1]]
    seen += [f"ended: {verdict.ending}"] if verdict.ending != "finished" else []
    return f"theirs: {theirs}; ours: {'; '.join(seen) or 'solved'}"


def table(pairs: Sequence[Pair]) -> str:
    """Return agreements by kind of patch, and every disagreement."""
    lines = []
    for cheat, title in ((False, "honest patches"), (True, "cheats")):
        own = [pair for pair in pairs if pair.cheat == cheat]
        if not own:
            continue
        same = sum(pair.theirs == pair.ours for pair in own)
        lines.append(f"\n{title}: {len(own)} pairs, {same} agreements ({same / len(own):.1%})")
        lines.append(f"  {'':40}{'pairs':>6}{'agree':>6}{'theirs resolved':>17}{'ours':>6}")
        for kind, count in Counter(pair.kind for pair in own).items():
            some = [pair for pair in own if pair.kind == kind]
            agree = sum(pair.theirs == pair.ours for pair in some)
            theirs, ours = (sum(getattr(p, side) for p in some) for side in ("theirs", "ours"))
            lines.append(f"  {kind:40}{count:6}{agree:6}{theirs:17}{ours:6}")
        lines += [
            f"  disagree: {pair.instance}, {pair.kind}: {pair.why}"
            for pair in own
            if pair.theirs != pair.ours
        ]
    return "\n".join(lines)


def drawn(adopted: Adopted, count: int) -> list[Task]:
    """Return `count` proven tasks on the adopted commit, drawn by content."""
    made = tasks_of(adopted, prove_tasks(adopted, break_code(adopted)))
    return list(made.ordered(lambda head: digest(["agreement", head.id]))[:count])


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--workspace", type=Path, required=True)
    parser.add_argument("--project")
    parser.add_argument("--tasks", type=int, default=40)
    parser.add_argument("--cheats", type=int, default=3, help="tasks on which cheats are played")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    project = Workspace(given.workspace).existing(given.project)
    with reopen(project) as adopted, tempfile.TemporaryDirectory() as folder:
        tasks = drawn(adopted, given.tasks)
        agreement = Agreement(adopted, tasks, Path(folder))
        candidates = []
        for position, task in enumerate(tasks):
            read = swebench.starting(task, adopted.read)
            candidates += honest(task, tasks, read)
            candidates += cheats(task, read) if position < given.cheats else []
        pairs = list(ordered_map(agreement.pair, candidates, adopted.workers))
    print(f"{len(tasks)} tasks of {project.name}, {len(pairs)} patches judged by both")
    print(table(pairs))
    if given.json:
        given.json.write_text(json.dumps([pair.model_dump() for pair in pairs], indent=1))


if __name__ == "__main__":
    main()
