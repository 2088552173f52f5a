"""How fast a language server resolves the calls of a source folder, and how many it resolves.

    python benchmarks/precise.py FOLDER [--server NAME] [--trusted] [--files N]

Every call of every Python file is asked about: the name that is called, or the last attribute of a
dotted one. *Agrees* is the share of answers inside the folder at whose place the same name stands;
the others are renamed imports, aliases and classes reached through instances. *Ends at an import*
is the share that leads to the line of an import, as happens when a dependency is not installed.
Nothing of the folder is run by ty; `--trusted` allows servers that run an interpreter found in it.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

from journeyman.understanding.precise import Client, Found, Resolved, Site, find, resolve
from journeyman.understanding.precise.positions import split_lines, to_column
from journeyman.understanding.precise.servers import SERVERS


def main() -> None:
    """Print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--server", help="program to use, by path; otherwise what is found")
    parser.add_argument("--trusted", action="store_true")
    parser.add_argument("--files", type=int, help="only the first N files")
    given = parser.parse_args()
    root = given.folder.resolve()
    server = chosen(given.server, given.trusted)
    sites = {path: calls for path in files(root)[: given.files] if (calls := calls_of(root, path))}
    started = time.perf_counter()
    with Client(server.command, root, options=server.server.options):
        introduced = time.perf_counter() - started
    found = resolve(root, "python", sites, server)
    coverage = found.coverage
    print(
        json.dumps(
            {
                "server": found.server,
                "files": len(sites),
                "start_s": round(introduced, 2),
                "seconds": round(coverage.seconds, 1),
                "sites_per_second": round(coverage.answered / coverage.seconds),
                **{name: getattr(coverage, name) for name in ("asked", "answered", "stale")},
                **{
                    name: f"{getattr(coverage, name) / max(1, coverage.answered):.1%}"
                    for name in ("inside", "outside", "unresolved")
                },
                **looked_at(root, found),
                "skipped": dict(found.skipped),
                "complaints": found.complaints,
                "load": [round(each, 2) for each in os.getloadavg()],
            },
            indent=2,
        )
    )


def chosen(program: str | None, trusted: bool) -> Found:
    """Return the server asked for, or else the one that is found."""
    if program is None:
        found = find("python", trusted=trusted)
    else:
        known = [server for server in SERVERS if server.program == Path(program).name]
        found = next((Found(each, (program, *each.arguments)) for each in known), None)
    if found is None or (found.server.runs_code and not trusted):
        raise SystemExit("No such server, or one that needs --trusted.")
    return found


def files(root: Path) -> list[str]:
    """Return the Python files below `root`, hidden folders left out."""
    found = (path.relative_to(root) for path in root.rglob("*.py"))
    return sorted(str(path) for path in found if not any(p.startswith(".") for p in path.parts))


def calls_of(root: Path, path: str) -> list[Site]:
    """Return where names are called in a file; none when it does not parse."""
    try:
        text = (root / path).read_bytes().decode("utf-8-sig")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return []
    lines = split_lines(text)
    return sorted({site for node in ast.walk(tree) for site in _site(node, lines)})


def _site(node: ast.AST, lines: list[str]) -> Iterator[Site]:
    match node:
        case ast.Call(func=ast.Name(id=name, lineno=line, col_offset=offset)):
            yield Site(line, to_column(lines[line - 1], offset, "utf-8"), name)
        case ast.Call(func=ast.Attribute(attr=name, end_lineno=int(line), end_col_offset=int(end))):
            yield Site(line, to_column(lines[line - 1], end, "utf-8") - len(name), name)


def looked_at(root: Path, found: Resolved) -> dict[str, str]:
    """Return, of the sites resolved inside the folder, what share leads where."""
    lines: dict[str, list[str]] = {}
    agrees = imports = total = 0
    for of_file in found.targets.values():
        for site, targets in of_file.items():
            places = []
            for target in targets:
                if target.path is not None:
                    if target.path not in lines:
                        text = (root / target.path).read_bytes().decode("utf-8", "replace")
                        lines[target.path] = split_lines(text)
                    places.append((lines[target.path][target.line - 1], target.column))
            total += bool(places)
            agrees += any(line.startswith(site.name, column) for line, column in places)
            imports += any(line.lstrip().startswith(("import ", "from ")) for line, _ in places)
    return {
        "agrees": f"{agrees / max(1, total):.1%}",
        "ends_at_an_import": f"{imports / max(1, total):.1%}",
    }


if __name__ == "__main__":
    main()
