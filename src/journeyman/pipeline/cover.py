"""Raise coverage where there is little: find it, write tests, judge them, make tasks of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from journeyman.engine.local import ordered_map
from journeyman.errors import AdoptError, UserError
from journeyman.grading.goals.new_tests import NewTests, mutated
from journeyman.pipeline.adopted import Adopted
from journeyman.pipeline.written import VERSION, workshop
from journeyman.progress import Progress, Silent, stage
from journeyman.records import Patch, Record, digest
from journeyman.sandbox.testing.pytest_suite import as_pytest
from journeyman.tasks.written.characterise import Character, characterise, missed_lines
from journeyman.tasks.written.draft import RefusedError
from journeyman.tasks.written.pieces import Definition, Piece, functions_of
from journeyman.tasks.written.test_text import test_module, test_name
from journeyman.tasks.written.workshop import Workshop

HASH_SEEDS = ("1", "2", "3")
"""Orders of sets and dictionaries of texts differ by these; all runs of a server share one."""


class TestFile(Record):
    """One new test file, judged: shares are of what the suite misses, before it and with it.

    `lines` and `mutants` are (missed by the suite, reached or noticed with the file).
    """

    __test__ = False

    path: str
    text: str
    characters: tuple[Character, ...]
    tests: tuple[str, ...]
    lines: tuple[int, int]
    mutants: tuple[int, int]


class Covered(Record):
    """What `cover` found and made; `tried` is every function that was looked at."""

    files: tuple[TestFile, ...]
    tried: tuple[Character, ...]
    left_out: tuple[str, ...] = ()


def cover(
    adopted: Adopted, progress: Progress | None = None, pieces: Sequence[Piece] | None = None
) -> Covered:
    """Write tests for functions; see `characterise`.

    Nothing is written to the repository: the files are in what is returned.

    Args:
        pieces: The functions; those that are tested least when left out.
    """
    progress = progress or Silent()
    shop = workshop(adopted, ())
    if pieces is None:
        pieces = too_little_tested(adopted, shop)[: adopted.settings.written.functions]

    def look(piece: Piece) -> Character:
        key = _key(adopted, "character", piece)
        known = adopted.store.get_record("character", key, Character)
        if known is None:
            missed = missed_lines(shop, piece)
            try:
                known = characterise(shop, piece, missed)
            except RefusedError as refused:
                known = Character(
                    path=piece.path,
                    function=piece.name,
                    module=shop.module(piece.path),
                    missed=missed,
                    why=refused.why,
                )
            adopted.store.put_record("character", key, known)
        progress.advance(note=piece.name)
        return known

    with stage(progress, "cover", len(pieces)):
        tried = list(ordered_map(look, pieces, adopted.workers))
    files, left_out = [], []
    for path in sorted({one.path for one in tried if one.kept}):
        made = _judged(adopted, [one for one in tried if one.path == path and one.kept])
        if isinstance(made, TestFile):
            files.append(made)
        else:
            left_out.append(f"{path}: {made}")
    return Covered(files=tuple(files), tried=tuple(tried), left_out=tuple(left_out))


def save(adopted: Adopted, covered: Covered, into: Path | None = None) -> list[Path]:
    """Write the test files into the project's folder, and below `into`; return where they are.

    Raises:
        UserError: There is a file of that name already, which is another.
    """
    places = []
    for file in covered.files:
        for folder in [adopted.project.folder("covered"), *([into] if into else [])]:
            place = folder / file.path
            if folder == into and place.exists() and place.read_text("utf-8") != file.text:
                raise UserError(
                    f"{place} is there already", "Move it away, or name another --into."
                )
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(file.text, "utf-8")
        places.append(place)
    return places


def too_little_tested(adopted: Adopted, shop: Workshop) -> list[Piece]:
    """Return functions and methods that can be called by name, those with most missed lines first.

    Fully covered ones come last, in an order of chance: mutants may survive there all the same.
    """
    found = []
    for path in adopted.adoption.plan.code_files:
        for piece in functions_of(path, adopted.read(path) or ""):
            plain = isinstance(piece.node, Definition) and "." not in piece.owner
            public = not piece.plain.startswith("_") and not piece.owner.startswith("_")
            decorated = [getattr(one, "id", "?") for one in piece.node.decorator_list]
            callable_ = set(decorated) <= {"staticmethod", "classmethod"}
            named = type(piece.node).__name__ == "FunctionDef"
            if plain and public and callable_ and named and piece.body:
                found.append(piece)
    return sorted(
        found, key=lambda one: (-len(missed_lines(shop, one)), digest([one.path, one.name]))
    )


def new_path(adopted: Adopted, module: str, function: str = "") -> str | None:
    """Return where a test file for `module` goes: into the folder that holds most tests."""
    folders = [PurePosixPath(test.split("::")[0]).parent for test in adopted.baseline.passing]
    if not folders:
        return None
    folder = max(sorted(set(folders)), key=folders.count)
    stem = module.rpartition(".")[2] if module.count(".") < 2 else module.split(".", 1)[1]
    stem += f"_{test_name(function)}_proposed" if function else "_characterised"
    path = (folder / f"test_{stem.replace('.', '_')}.py").as_posix()
    return path if adopted.protected.new_test(path) else None


def unsteady(adopted: Adopted, path: str, text: str) -> set[str]:
    """Return the names of the tests that fail in a fresh interpreter under some order of hashes."""
    suite = as_pytest(adopted.suite)
    bad: set[str] = set()
    places = ":".join([*suite.settings.python_path, "/repo"])
    for seed in HASH_SEEDS:
        message = {
            "command": [
                suite.pool.server.python, "-B", "-m", "pytest", "-q", "-rfE", "--tb=no",
                "-pno:cacheprovider", "--color=no", *suite.settings.arguments, path,
            ],
            "files": {path: text},
            "environment": {
                **dict(suite.settings.environment), "PYTHONHASHSEED": seed, "PYTHONPATH": places,
            },
            "limits": suite.settings.limits.plain(),
        }  # fmt: skip
        answer = suite.pool.ask(message, suite.settings.limits.wall_s)
        failed = set(re.findall(r"^(?:FAILED|ERROR) \S*?::(\w+)", answer["output"], re.MULTILINE))
        if answer["status"] and not failed:
            raise AdoptError(
                f"pytest cannot be run by itself on {path}: {answer['output'][-300:]}",
                "See that the suite runs with `python -m pytest`.",
            )
        bad |= failed
    return bad


def _judged(adopted: Adopted, characters: Sequence[Character]) -> TestFile | str:
    """Return the test file of a module's functions as judged, or why there is none.

    Functions whose tests do not hold under another order of hashes, or in every run, are dropped.
    """
    grader = adopted.grader
    path = new_path(adopted, characters[0].module)
    if path is None:
        return "there is no folder of tests to put them into"
    kept = list(characters)
    while kept:
        text = test_module(kept)
        tests = NewTests(grader, Patch(files={path: text}))
        bad = unsteady(adopted, path, text)
        ids, why = tests.passing(Patch(), adopted.settings.tasks.runs)
        bad |= {why.partition("::")[2].partition(":")[0]} if why else set()
        if not bad:
            break
        left = [one for one in kept if not _named(one, bad)]
        if len(left) == len(kept):
            return f"its tests do not hold: {why or sorted(bad)[0]}"
        kept = left
    if not kept:
        return "none of its tests holds in every run"
    missed = {line for one in kept for line in one.missed}
    reached = tests.reached(Patch(), kept[0].path) & missed
    survived = [mutant for one in kept for mutant in one.survived]
    noticed = {mutant: tests.notices(mutated(grader, Patch(), mutant), ids) for mutant in survived}
    judged = tuple(
        one.model_copy(update={"noticed": tuple(m for m in one.survived if noticed[m])})
        for one in kept
    )
    return TestFile(
        path=path,
        text=text,
        characters=judged,
        tests=ids,
        lines=(len(missed), len(reached)),
        mutants=(len(survived), sum(noticed.values())),
    )


def _named(character: Character, bad: set[str]) -> bool:
    name = test_name(character.function)
    return bool({f"test_{name}", f"test_{name}_refuses"} & bad)


def _key(adopted: Adopted, what: str, piece: Piece) -> str:
    written = adopted.settings.written
    parts = [VERSION, what, written.mutants, adopted.settings.tasks.seed, piece.path, piece.name]
    return f"{adopted.suite.settings.identity}-{digest(parts)}"
