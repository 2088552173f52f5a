"""Applies the agent's patch to an untouched tree and runs the expected tests.

A test that was expected and did not report has failed; so has everything in a run that did not come
to its own end.
"""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys
import tempfile
from typing import Any

HERE = pathlib.Path(__file__).resolve().parent
LOGS = pathlib.Path("/logs/verifier")


def main() -> None:
    """Judge, and write the reward and what it rests on."""
    expected = json.loads((HERE / "expected.json").read_text("utf-8"))
    verdict = judge(expected)
    LOGS.mkdir(parents=True, exist_ok=True)
    (LOGS / "details.json").write_text(json.dumps(verdict, indent=1), "utf-8")
    (LOGS / "reward.txt").write_text("1\n" if verdict["solved"] else "0\n", "utf-8")
    print(json.dumps(verdict, indent=1))


def judge(expected: dict[str, Any]) -> dict[str, Any]:
    """Return what the tests said of the tree with the patch."""
    os.chdir(expected["root"])
    why = prepare(expected)
    if why:
        return {"solved": False, "why": why}
    results, ended = run(expected)
    wrong = [test for test in expected["tests"] if results.get(test) != "passed"]
    if not ended:
        return {"solved": False, "why": "the run did not come to its own end", "wrong": wrong}
    return {"solved": not wrong, "wrong": wrong}


def prepare(expected: dict[str, Any]) -> str:
    """Bring the tree to the agent's, its tests to the task's; return what went wrong."""
    patch = pathlib.Path(expected["patch"])
    if patch.is_file():
        git("reset", "--quiet", "--hard", expected["commit"])
        if patch.stat().st_size:
            done = git("apply", "--whitespace=nowarn", str(patch), check=False)
            if done.returncode:
                return "the patch does not apply: " + done.stderr.strip()
    git(*expected["clean"])
    if expected["restore"]:
        git("checkout", "--quiet", expected["commit"], "--", *expected["restore"])
    return ""


def run(expected: dict[str, Any]) -> tuple[dict[str, str], bool]:
    """Return each test's outcome and whether the run came to its end."""
    with tempfile.TemporaryDirectory() as folder:
        told = pathlib.Path(folder, "report.json")
        variables = {**os.environ, **expected["environment"], "JOURNEYMAN_REPORT": str(told)}
        places = [str(HERE), variables.get("PYTHONPATH", "")]
        variables["PYTHONPATH"] = os.pathsep.join(place for place in places if place)
        command = [sys.executable, *expected["command"][1:], "-p", "watch", *expected["tests"]]
        subprocess.run(command, env=variables, check=False)
        if not told.is_file():
            return {}, False
        report = json.loads(told.read_text("utf-8"))
        return report["results"], report["ended"]


def git(*arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run Git in the tree."""
    return subprocess.run(["git", *arguments], capture_output=True, text=True, check=check)


if __name__ == "__main__":
    main()
