"""How long `import journeyman` and `journeyman --help` take, against `python -c pass`.

    python benchmarks/startup.py [--count N] [--json FILE]

Wall-clock times of whole processes, as a person at a prompt waits for them: no import hooks, byte
code already compiled. Aims: 150 ms and 300 ms.
"""

from __future__ import annotations

import argparse
import json
import sys
from functools import partial
from pathlib import Path

from timing import in_turns, machine, quiet_run, table

FLOOR = "python -c pass"
AIMS = {"import journeyman": 150.0, "journeyman --help": 300.0}


def main() -> None:
    """Measure, print, and write when asked to."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    python = sys.executable
    commands = {
        FLOOR: [python, "-c", "pass"],
        "import journeyman": [python, "-c", "import journeyman"],
        "journeyman --help": [str(Path(python).parent / "journeyman"), "--help"],
        "import journeyman.pipeline.grow": [python, "-c", "import journeyman.pipeline.grow"],
    }
    where = machine()
    print(where)
    found = in_turns(
        {name: partial(quiet_run, command) for name, command in commands.items()}, options.count
    )
    print(table(found, [FLOOR]))
    for name, aim in AIMS.items():
        word = "within" if found[name].median <= aim else "OVER"
        print(f"{name}: {found[name].median:.0f} ms, {word} the aim of {aim:.0f} ms")
    if options.json:
        data = {"machine": where, "ms": {name: one.plain() for name, one in found.items()}}
        options.json.write_text(json.dumps(data, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
