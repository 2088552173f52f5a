"""Run a command under Landlock and seccomp: ``confine.py SPECIFICATION -- COMMAND...``.

A program of its own, started with an interpreter that is trusted, because an environment's own
interpreter executes what its packages put in the way (link files) before the first line of ours.

The specification is JSON: `allowed`, pairs of a path and its rights; `sockets`, see `call_filter`;
`wait`, whether to stay, end all that the command detaches, and take over its exit status; and
`landlock`, a version to behave like at most.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from typing import Any

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import call_filter
import isolate
import landlock_rules
import powers
import unisolated


def main() -> None:
    """Restrict this process, or a child of it, and become the command."""
    specification, command = json.loads(sys.argv[1]), sys.argv[3:]
    isolate.die_with_parent()
    if not specification["wait"]:
        _become(specification, command)
    unisolated.adopt_orphans()
    signal.signal(signal.SIGTERM, _end)
    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        isolate.die_with_parent()
        _become(specification, command)
    _, status = os.waitpid(child, 0)
    unisolated.end_descendants()
    code = os.waitstatus_to_exitcode(status)
    os._exit(code if code >= 0 else 128 - code)


def _become(specification: dict[str, Any], command: list[str]) -> None:
    try:
        at_most = specification.get("landlock", 99)
        rules = landlock_rules.Rules(
            [(path, rights) for path, rights in specification["allowed"]],
            network=specification["sockets"] != "none",
            at_most=at_most,
        )
        powers.no_new_privileges()
        # A server gives each of its runs away to a user of its own; nothing else needs a power.
        powers.keep_only(() if specification["wait"] else powers.OF_A_SERVER)
        version = rules.version
        rules.enforce()
        call_filter.Filter(
            sockets=specification["sockets"],
            ipc=False,
            truncate=version >= landlock_rules.TRUNCATE_SINCE,
            kill_all=version >= landlock_rules.SIGNALS_SINCE,
        ).install()
        os.execvp(command[0], command)
    except OSError as error:
        sys.stderr.write(f"confine: {error}\n")
    finally:
        os._exit(127)


def _end(_number: int, _frame: object) -> None:
    unisolated.end_descendants()
    os._exit(128 + signal.SIGTERM)


if __name__ == "__main__":
    main()
