"""The fork server: imports the test runner once, then forks one isolated run for each request.

Started by `journeyman.sandbox.forkserver` inside a bubblewrap sandbox. In its own view the
repository's folder is *empty*, so that it cannot import code under test even by accident: a parent
that had would hand a stale package to every child, and broken trees would pass.

In other tiers than bubblewrap (see `run_tier`) each run gets a copy of the tree, at a path that is
empty between runs.

Messages are an eight-byte big-endian length and UTF-8 JSON, over the channel named in `argv[1]`.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import sys
import traceback
from typing import Any

import isolate
import pytest_run
from frames import receive, send, write_all
from run_tier import Copies, Namespaces, chosen
from server_channel import Channel, connect
from supervise import Outcome, supervise


def main() -> None:
    """Preload, say so, and serve until the other side closes the socket."""
    isolate.die_with_parent()
    channel = connect(sys.argv[1])
    setup = receive(channel)
    if setup is None:
        return
    isolate.lie_at(setup.get("repository", isolate.REPOSITORY), setup.get("moved", {}))
    try:
        tier = chosen(setup)
    except OSError as error:
        send(channel, {"fault": str(error)})
        return
    send(channel, {**_preload(setup), **tier.describe()})
    while True:
        request = receive(channel)
        if request is None:
            return
        request["kept"] = setup.get("kept", [])
        if "screen" in request:
            request["screen"] = channel.receive_fd()
        answer = _answer(channel, request, tier)
        send(channel, answer)
        if answer.get("unclean"):
            return  # what is left of that run must not meet the next one


def _preload(setup: dict[str, Any]) -> dict[str, Any]:
    """Import the runner and the third-party modules that the repository's tests use."""
    failed: list[str] = []
    pytest_run.preload(setup["plugins"])
    for name in setup["modules"]:
        try:
            importlib.import_module(name)
        except (Exception, SystemExit):
            # Third-party code: whatever it raises only means that children import it themselves.
            failed.append(name)
    inside = [
        name
        for name, module in list(sys.modules.items())
        if str(getattr(module, "__file__", None) or "").startswith(isolate.REPOSITORY + "/")
    ]
    # What is here stays: a collection in a child would only walk, and so copy, all of it again.
    gc.collect()
    gc.freeze()
    return {"ready": not inside, "inside": inside, "failed": failed, "python": sys.version}


def _answer(channel: Channel, request: dict[str, Any], tier: Namespaces | Copies) -> dict[str, Any]:
    """Fork one run and wait until nothing of it is left."""
    read_fd, write_fd = os.pipe()
    middle = os.fork()
    if middle == 0:
        try:
            channel.close()
            os.close(read_fd)
            isolate.die_with_parent()
            tier.separate()
            first = os.fork()
            if first == 0:
                isolate.die_with_parent()
                _run(request, write_fd, tier)
            os.close(write_fd)
            _close_handed(request)
            os.waitpid(first, 0)
        except OSError as error:
            write_all(write_fd, json.dumps({"fault": str(error)}).encode())
        finally:
            os._exit(0)
    os.close(write_fd)
    _close_handed(request)
    with os.fdopen(read_fd, "rb") as answers:
        answer = answers.read()
    os.waitpid(middle, 0)
    try:
        tier.clear()
    except OSError as error:
        return {"fault": f"what a run left cannot be removed: {error}"}
    if not answer:
        return {"fault": "the run's supervisor died before the run began"}
    return json.loads(answer) if answer.strip() else _crashed("the run ended its supervisor")


def _close_handed(request: dict[str, Any]) -> None:
    """Leave a socket that was handed in to the run alone, so that its end is seen outside."""
    if "screen" in request:
        os.close(request["screen"])


_BEGUN = b" "
"""Written when code under test is about to start; blanks mean nothing in front of JSON."""


def _crashed(output: str) -> dict[str, Any]:
    return {"ending": "crashed", "status": 1, "report": "", "output": output}


def _run(request: dict[str, Any], write_fd: int, tier: Namespaces | Copies) -> None:
    """Be the supervisor (process 1 of new namespaces, if any): lay the tree, patch, run, answer."""
    try:
        tier.lay(request)
        isolate.write_files(request["files"])
        tier.settle(request["files"])
        write_all(write_fd, _BEGUN)
    except isolate.PatchError as error:
        answer = _crashed(str(error))
    except OSError as error:
        answer = {"fault": f"{error}\n{traceback.format_exc(limit=3)}"}
    else:
        try:
            answer = _supervised(request, write_fd, tier)
        except Exception as error:
            # From here on code under test is at work, and whatever goes wrong may be its doing.
            answer = _crashed(f"the run broke its supervisor: {error}")
    write_all(write_fd, json.dumps(answer).encode())
    os._exit(0)


def _supervised(
    request: dict[str, Any], write_fd: int, tier: Namespaces | Copies
) -> dict[str, Any]:
    os.chdir(isolate.REPOSITORY)
    guarded = request.get("guarded", [])
    before = [_state(path) for path in guarded]

    def run(report_fd: int) -> int:
        os.close(write_fd)
        return _start(request, report_fd)

    outcome = supervise(run, request["limits"], tier, handed=request.get("screen"))
    if outcome.ending == "finished" and tier.full():
        outcome.ending = "disk"
    answer = _plain(outcome)
    after = [_state(path) for path in guarded]
    answer["rewritten"] = [path for i, path in enumerate(guarded) if after[i] != before[i]]
    if request.get("collect"):
        answer["changed"] = _changed(request["collect"])
    return answer


def _state(path: str) -> tuple[int, int, int] | None:
    """Return what changes when a file is rewritten, even if its text is put back afterwards."""
    try:
        state = os.lstat(os.path.join(isolate.REPOSITORY, path))
    except OSError:
        return None
    return state.st_ino, state.st_size, state.st_ctime_ns


def _start(request: dict[str, Any], report_fd: int) -> int:
    if "command" in request:
        os.close(report_fd)
        command = request["command"]
        os.environ.update(request.get("environment", {}))
        os.execvp(command[0], command)
    status: int = pytest_run.run(request, report_fd)
    return status


def _plain(outcome: Outcome) -> dict[str, Any]:
    return {
        "ending": outcome.ending,
        "status": outcome.status,
        "report": isolate.as_usual(outcome.report.decode("utf-8", "replace")),
        "output": isolate.as_usual(outcome.output[-32_000:].decode("utf-8", "replace")),
        "unclean": not outcome.clean,
    }


def _changed(known: dict[str, int]) -> dict[str, str | None]:
    """Return the text files of the tree that a command changed, added or removed.

    `known` maps the path of every file of the tree before the run to its size; contents are
    compared by the caller, who has them.
    """
    changed: dict[str, str | None] = dict.fromkeys(known)
    for folder, folders, names in os.walk(isolate.REPOSITORY):
        folders[:] = [name for name in folders if name not in ("__pycache__", ".git")]
        for name in names:
            path = os.path.join(folder, name)
            key = os.path.relpath(path, isolate.REPOSITORY)
            changed.pop(key, None)
            state = os.lstat(path)
            fresh = key not in known or state.st_size != known[key] or state.st_mtime > _started
            if not fresh or not os.path.isfile(path) or os.path.islink(path):
                continue
            if state.st_size <= 1 << 20:
                with open(path, "rb") as file:
                    try:
                        changed[key] = file.read().decode()
                    except UnicodeDecodeError:
                        continue
    return changed


_started = 1_000_000_000.0
"""Base trees carry normalised times at or before this; whatever is later was written by a run."""


if __name__ == "__main__":
    main()
