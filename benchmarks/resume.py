"""Is a run that was killed 20 times the same as one that was left alone?

Grows an engineer out of a small repository (the tests' sample) once undisturbed, and again in a
fresh workspace, killed with SIGKILL at random moments (the whole process group, as an out-of-memory
killer or a closed laptop would) and started again with the same command each time. Where such a run
ends before all kills are spent, another fresh workspace takes the rest. Then:

* every report.json must equal the undisturbed one, apart from `IGNORED`;
* the stores must hold the same attempts, turn by turn, verdicts, questions and rounds;
* after each kill, within two seconds, no process of ours is left, and no mount;
* at the end nothing half-written lies in the workspace.

    python benchmarks/resume.py [--kills 20] [--seed 0] [--keep FOLDER]

Prints a table and exits 1 on any difference.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

import sample_repository
from journeyman.records import Record, Trajectory, Verdict
from journeyman.records.store import Store
from journeyman.training.practise import RoundResult

IGNORED = (
    r"adopted\.date",
    r"adopted\.suite_seconds",
    r"ledger\.\d+\.seconds",
    r"attempts\.\d+\.verdict\.seconds",
    r"costs\.stages\.\d+\.seconds",
    r"costs\.verdict_median_ms",
    r"costs\.peak_memory_mib",
    # Breaks are tried a few ahead of the last one wanted; how many of those get to run is chance.
    r"costs\.test_runs",
)
"""Fields of report.json that are times, dates, latencies or memory; everything else must agree."""

SETTINGS = f"""\
[environment]
python = "{sys.executable}"
[tests]
plugins = false
[tasks]
count = 20
runs = 2
[practice]
rounds = 2
tasks = 4
attempts = 2
budget = 5
[exam]
fixes = 2
tasks = 6
budget = 5
resamples = 200
"""

GONE_WITHIN_S = 2.0
_MARK = "JOURNEYMAN_RESUME_MARK"


@dataclass
class Disturbed:
    """What came of one workspace."""

    folder: Path
    kills: list[float] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


def main() -> int:
    arguments = _arguments()
    chance = random.Random(arguments.seed)
    with tempfile.TemporaryDirectory(prefix="journeyman-resume-") as scratch:
        root = Path(arguments.keep or scratch).resolve()
        shutil.rmtree(root / "alone", ignore_errors=True)
        root.mkdir(parents=True, exist_ok=True)
        (root / "settings.toml").write_text(SETTINGS)
        if not (root / "shop").exists():
            sample_repository.build(root / "shop")
        mounts = _mounts()
        alone = Disturbed(root / "alone")
        whole_s = _timed(alone)
        again_s = _timed(alone)
        print(f"undisturbed: {whole_s:.1f} s; the same command once more: {again_s:.1f} s\n")
        runs: list[Disturbed] = []
        left = arguments.kills
        while left > 0:
            runs.append(_disturb(root / f"killed-{len(runs)}", left, chance, again_s, whole_s))
            left -= max(1, len(runs[-1].kills))
        for run in runs:
            run.complaints += _compare(alone.folder, run.folder)
        if _mounts() != mounts:
            runs[-1].complaints.append(f"{_mounts() - mounts} mounts are left")
        return _tell(runs)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", help="folder to work in, which is kept")
    return parser.parse_args()


def _start(folder: Path, mark: str) -> subprocess.Popen[bytes]:
    folder.mkdir(parents=True, exist_ok=True)
    root = folder.parent
    (folder / "tmp").mkdir(exist_ok=True)
    with (folder / "log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "journeyman", "grow", str(root / "shop"),
             "--workspace", str(folder / "workspace"), "--config", str(root / "settings.toml"),
             "--workers", "2"],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, cwd=folder,
            env={**os.environ, _MARK: mark, "TMPDIR": str(folder / "tmp")},
        )  # fmt: skip


def _timed(run: Disturbed) -> float:
    """Let a run go to its end and return the seconds it took."""
    started = time.monotonic()
    mark = uuid.uuid4().hex
    if _start(run.folder, mark).wait():
        raise SystemExit(f"grow failed:\n{(run.folder / 'log').read_text()[-3000:]}")
    seconds = time.monotonic() - started
    if _lingering(mark):
        raise SystemExit(f"processes are left after an ordinary end: {_lingering(mark)}")
    return seconds


def _disturb(
    folder: Path, kills: int, chance: random.Random, again_s: float, whole_s: float
) -> Disturbed:
    """Run until it ends, killing it up to `kills` times at random moments."""
    shutil.rmtree(folder, ignore_errors=True)
    run = Disturbed(folder)
    while len(run.kills) < kills:
        mark = uuid.uuid4().hex
        # On average a life does a share of the work beyond what it takes to come back to life.
        delay = chance.uniform(0.05, 2 * (again_s + whole_s / 20))
        process = _start(folder, mark)
        try:
            code = process.wait(delay)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            run.kills.append(delay)
            _expect_gone(mark, run)
            continue
        if code:
            run.complaints.append(f"ended with exit code {code} after {len(run.kills)} kills")
        return run
    _timed(run)
    return run


def _expect_gone(mark: str, run: Disturbed) -> None:
    deadline = time.monotonic() + GONE_WITHIN_S
    while left := _lingering(mark):
        if time.monotonic() > deadline:
            run.complaints.append(f"processes left after kill {len(run.kills)}: {left}")
            return
        time.sleep(0.02)


def _lingering(mark: str) -> list[str]:
    """Return the processes that inherited the command's environment.

    Among them is the first process of each sandbox, without which nothing inside can live.
    """
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if f"{_MARK}={mark}".encode() in (entry / "environ").read_bytes():
                    words = (entry / "cmdline").read_bytes().decode("utf-8", "replace")
                    found.append(words.replace("\0", " ")[:80])
            except OSError:
                continue
    return found


def _mounts() -> int:
    return len(Path("/proc/self/mountinfo").read_text().splitlines())


def _compare(alone: Path, other: Path) -> list[str]:
    """Return what differs between two workspaces, and what is left half-written in the second."""
    one, two = (_project(folder) for folder in (alone, other))
    if not (two / "report.json").is_file():
        return ["there is no report.json"]
    reports = [_flat(json.loads((place / "report.json").read_text())) for place in (one, two)]
    said = [f"report.json: {line}" for line in _differences(*reports)]
    said += _differences(_stored(one / "store"), _stored(two / "store"))
    half = [path for path in two.rglob("*") if ".partial-" in path.name or ".writing-" in path.name]
    return said + [f"half-written: {path.relative_to(two)}" for path in half]


def _project(folder: Path) -> Path:
    (found,) = (path for path in (folder / "workspace").iterdir() if path.is_dir())
    return found


def _differences(one: dict[str, Any], two: dict[str, Any]) -> list[str]:
    return [
        f"{key}: {one.get(key, '(absent)')!r:.120} became {two.get(key, '(absent)')!r:.120}"
        for key in sorted(one.keys() | two.keys())
        if one.get(key, "(absent)") != two.get(key, "(absent)")
    ]


def _flat(value: Any, path: str = "") -> dict[str, Any]:
    """Return every leaf of JSON data by its dotted path, without the ignored ones."""
    if isinstance(value, dict | list) and value:
        items = value.items() if isinstance(value, dict) else enumerate(value)
        flat: dict[str, Any] = {}
        for key, item in items:
            flat |= _flat(item, f"{path}.{key}" if path else str(key))
        return flat
    return {} if any(re.fullmatch(pattern, path) for pattern in IGNORED) else {path: value}


def _stored(folder: Path) -> dict[str, Any]:
    """Return what a store holds of attempts, verdicts, questions and rounds.

    Seconds are left out, and what pytest printed, which ends in seconds.
    """
    store = Store(folder)
    kinds: tuple[tuple[str, type[Record]], ...] = (
        ("attempt", Trajectory),
        ("verdict", Verdict),
        ("round", RoundResult),
    )
    found: dict[str, Any] = {}
    for kind, model in kinds:
        for key, record in store.records(kind, model):
            found[f"{kind} {key}"] = _timeless(record.model_dump(mode="json"))
    for key in store.keys("attempt"):
        turns = [turn.model_dump(mode="json") for turn in store.turns(key)]
        found[f"turns {key}"] = _timeless(turns)
    found["damaged"] = list(store.damaged)
    store.close()
    return found


def _timeless(value: Any) -> Any:
    if isinstance(value, dict):
        kept = {key: item for key, item in value.items() if key not in ("seconds", "output")}
        return {key: _timeless(item) for key, item in kept.items()}
    return [_timeless(item) for item in value] if isinstance(value, list) else value


def _tell(runs: list[Disturbed]) -> int:
    print(
        f"{'workspace':14}{'kills':>6}{'kept in store':>15}{'left in tmp':>13}{'differences':>13}"
    )
    for run in runs:
        count = len(_stored(_project(run.folder) / "store")) - 1
        strays = sum(1 for _ in (run.folder / "tmp").iterdir())
        print(
            f"{run.folder.name:14}{len(run.kills):6}{count:15}{strays:13}{len(run.complaints):13}"
        )
    for run in runs:
        for line in run.complaints[:20]:
            print(f"{run.folder.name}: {line}")
    failed = any(run.complaints for run in runs)
    total = sum(len(run.kills) for run in runs)
    print(f"\n{total} kills: " + ("NOT the same" if failed else "the same, and nothing is left"))
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
