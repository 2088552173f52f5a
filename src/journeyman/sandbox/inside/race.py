"""Time two versions of one function against each other, in pairs, in one run.

Started as a command in the tree. What is to be done lies in a file (named in `argv[1]`), which is
read and removed before any code under test starts. For every pair the tree is put into one state
and then the other, the order changing from pair to pair; each time a fresh process imports the
module, says that it is ready, is told to go, and says when it is done. The clock is here, on the
other side of a pipe, in a process that those cannot look into; arguments are others in every pair,
so nothing that was kept from before is of use; and whatever a process left running is killed
before the next one starts. A process that changes the tree ends the race.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import select
import signal
import subprocess
import sys
import time
from typing import Any

SIDES = ("given", "candidate")
_PR_SET_DUMPABLE = 4

_WORKER = """
import ast, gc, importlib, json, os, sys
asked, told = int(sys.argv[1]), int(sys.argv[2])
sys.path.insert(0, sys.argv[3])
import trace_calls
fingerprint = trace_calls.fingerprint
trace_calls._ITEMS = 1 << 30
del sys.path[0]
for name in ("trace_calls", "isolate"):
    del sys.modules[name]
with os.fdopen(asked, "r", closefd=False) as orders:
    spec = json.loads(orders.readline())
function = importlib.import_module(spec["module"])
for name in spec["function"].split("."):
    function = getattr(function, name)
calls = []
for text in spec["calls"]:
    given = ast.literal_eval(text)
    rest, more = given.pop("*", ()), given.pop("**", {})
    if rest:
        calls.append((function, [*given.values(), *rest], more))
    else:
        first = [given.pop(name) for name in spec["positional"] if name in given]
        calls.append((function, first, {**given, **more}))
gc.collect()
gc.freeze()
os.write(told, b"r")
os.read(asked, 1)
results = []
for call, arguments, named in calls:
    try:
        result = call(*arguments, **named)
        if hasattr(type(result), "__next__"):
            result = list(result)
        results.append(result)
    except Exception as error:
        results.append(error)
os.write(told, b"d")
for index, (_, arguments, named) in enumerate(calls):
    result = results[index]
    failed = isinstance(result, Exception)
    shown = ["raised", type(result)] if failed else ["returned", result, arguments, named]
    results[index] = [failed, fingerprint(shown)]
os.write(told, (json.dumps(results) + "\\n").encode())
"""


def main() -> None:
    """Run the race that is asked for and print one line about it."""
    ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    with open(sys.argv[1], encoding="utf-8") as file:
        spec = json.load(file)
    os.unlink(sys.argv[1])
    answer: dict[str, Any] = {"nonce": spec["nonce"], "pairs": [], "raised": [], "wrong": ""}
    for number, calls in enumerate(spec["rounds"]):
        pair: dict[str, float] = {}
        said = {}
        for side in SIDES if number % 2 == 0 else SIDES[::-1]:
            _write(spec["trees"][side])
            before = _states()
            seconds, results, wrong = _run(spec, calls)
            if not wrong and _states() != before:
                wrong = "it changed the tree"
            if wrong:
                answer["wrong"] = f"{side}: {wrong}"
                print(json.dumps(answer), flush=True)
                return
            pair[side], said[side] = seconds, results
        answer["pairs"].append([pair["given"], pair["candidate"]])
        answer["raised"].append([failed for failed, _ in said["given"]])
        if said["given"] != said["candidate"]:
            answer["wrong"] = "candidate: other results than the given code"
            break
    print(json.dumps(answer), flush=True)


def _run(spec: dict[str, Any], calls: list[str]) -> tuple[float, Any, str]:
    """Let one fresh process make `calls`; return its seconds, what it answered, what is wrong."""
    asked_read, asked = os.pipe()
    told, told_write = os.pipe()
    here = os.path.dirname(os.path.abspath(__file__))
    worker = subprocess.Popen(
        [sys.executable, "-B", "-c", _WORKER, str(asked_read), str(told_write), here],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        pass_fds=(asked_read, told_write),
        env={**os.environ, "PYTHONPATH": os.pathsep.join(spec["python_path"])},
    )
    os.close(asked_read)
    os.close(told_write)
    order = {key: spec[key] for key in ("module", "function", "positional")}
    try:
        _send(asked, (json.dumps({**order, "calls": calls}) + "\n").encode())
        if _heard(told, spec["start_s"]) != b"r":
            return 0.0, None, "it cannot be started"
        started = time.perf_counter()
        os.write(asked, b"g")
        if _heard(told, spec["most_s"]) != b"d":
            return 0.0, None, "it did not come to its end in time"
        seconds = time.perf_counter() - started
        results = json.loads(_line(told, spec["start_s"]))
        if len(results) != len(calls):
            return 0.0, None, "it answered something else"
        return seconds, results, ""
    except (OSError, ValueError, TypeError) as error:
        return 0.0, None, f"it broke off ({type(error).__name__})"
    finally:
        os.close(asked)
        os.close(told)
        worker.kill()
        worker.wait()
        if spec["isolated"]:
            # In a pid namespace of our own this is everything but the supervisor and ourselves.
            with contextlib.suppress(ProcessLookupError):
                os.kill(-1, signal.SIGKILL)


def _send(channel: int, data: bytes) -> None:
    while data:
        data = data[os.write(channel, data) :]


def _heard(channel: int, within_s: float) -> bytes:
    ready, _, _ = select.select([channel], [], [], within_s)
    return os.read(channel, 1) if ready else b""


def _line(channel: int, within_s: float) -> str:
    line = bytearray()
    deadline = time.monotonic() + within_s
    while not line.endswith(b"\n"):
        ready, _, _ = select.select([channel], [], [], max(0.0, deadline - time.monotonic()))
        data = os.read(channel, 1 << 16) if ready else b""
        if not data:
            raise ValueError("no answer")
        line += data
    return line.decode()


def _write(files: dict[str, Any]) -> None:
    for path, text in files.items():
        if text is None:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(path)
            continue
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write(text)


def _states() -> list[tuple[str, int, int]]:
    """Return what changes when anything in the tree does, even if it is put back."""
    found = []
    for folder, folders, names in os.walk("."):
        folders.sort()
        for name in (*folders, *names):
            path = os.path.join(folder, name)
            state = os.lstat(path)
            found.append((path, state.st_size, state.st_ctime_ns))
    return sorted(found)


if __name__ == "__main__":
    main()
