"""Make the wikis of repositories, time it, and check every citation again by other means.

::

    python benchmarks/wiki.py SOURCE… [--workspace FOLDER]

The check shares no code with the package: it asks `git show` for the cited file and hashes the
lines itself. It also looks for every name in backquotes of a prose claim in the whole cited file.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import subprocess
import tempfile
import time
from collections import Counter
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Any

from journeyman.pipeline.understand import understood
from journeyman.understanding.wiki.ground import Ground
from journeyman.understanding.wiki.text import text_of, tokens
from journeyman.understanding.wiki.write import Written, world_of, write
from journeyman.workspace import Workspace


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sources", nargs="+")
    parser.add_argument("--workspace", type=Path)
    given = parser.parse_args()
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(given.workspace or Path(folder))
        for source in given.sources:
            wrong += measure(source, workspace)
    print(f"{wrong} citations do not hold")
    raise SystemExit(1 if wrong else 0)


def measure(source: str, workspace: Workspace) -> int:
    """Print what was measured of one repository; return how many citations do not hold."""
    with understood(source, workspace) as known:
        ((code,),) = known.index.store.query(
            "SELECT coalesce(sum(lines), 0) FROM file WHERE category IN ('code', 'test')"
        )
        seconds: dict[str, float] = {"index": known.update.seconds}
        started = time.perf_counter()
        ground = Ground(known.index, known.place, known.git)
        seconds["read and resolve"] = time.perf_counter() - started
        world = world_of(ground, known.name)
        seconds["concepts"] = time.perf_counter() - started - seconds["read and resolve"]
        before = time.perf_counter()
        written = write(world)
        seconds["pages"] = time.perf_counter() - before
        before = time.perf_counter()
        again = write(world, written.kept)
        seconds["pages again"] = time.perf_counter() - before
    wiki = written.wiki
    print(f"{known.name}: {int(str(code)):,} lines of code and tests, {len(wiki.pages)} pages,")
    print(f"  {written.checked}; made again from what was kept: {again.remade} pages")
    print(f"  tokens: {sum(tokens(text_of(page)) for page in wiki.pages):,}")
    print("  seconds: " + ", ".join(f"{name} {value:.2f}" for name, value in seconds.items()))
    dropped = Counter(claim.kind for claim, _ in written.checked.failed)
    for kind, made in sorted(written.checked.made.items()):
        print(
            f"    {kind:13} made {made:6,} held {made - dropped[kind]:6,} dropped {dropped[kind]}"
        )
    wrong, cites, names = recheck(source, written)
    print(f"  {cites:,} citations and {names:,} names in prose checked with git show")
    for line in wrong[:20]:
        print(f"    WRONG {line}")
    return len(wrong)


def recheck(source: str, written: Written) -> tuple[list[str], int, int]:
    """Return what does not hold, and how many citations and names were looked at."""
    pages: list[dict[str, Any]] = json.loads(
        json.dumps([asdict(one) for one in written.wiki.pages])
    )
    wrong: list[str] = []
    cites = names = 0
    for page in pages:
        for claim in (claim for section in page["sections"] for claim in section["claims"]):
            for cite in claim["cites"]:
                cites += 1
                lines = show(source, cite["commit"], cite["path"])
                text = "\n".join(lines[cite["first"] - 1 : cite["last"]])
                known = hashlib.sha256(json.dumps(text).encode()).hexdigest()[:20]
                if cite["last"] > len(lines) or known != cite["hash"]:
                    wrong.append(f"{page['slug']}: {cite['path']}:{cite['first']}-{cite['last']}")
            if claim["kind"] != "prose":
                continue
            cite = claim["cites"][0]
            whole = "\n".join(show(source, cite["commit"], cite["path"])) + cite["path"]
            for name in re.findall("`([^`]+)`", re.sub("“[^”]*”", "", claim["text"])):
                names += 1
                if name not in whole:
                    wrong.append(f"{page['slug']}: `{name}` is not in {cite['path']}")
    return wrong, cites, names


@lru_cache(2000)
def show(source: str, commit: str, path: str) -> list[str]:
    done = subprocess.run(
        ["git", "-C", source, "show", f"{commit}:{path}"], capture_output=True, check=False
    )
    return done.stdout.decode("utf-8", "replace").split("\n") if done.returncode == 0 else []


if __name__ == "__main__":
    main()
