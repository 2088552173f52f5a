"""Tasks that new tests carry: breaks that only they notice, and covering what they cover."""

from __future__ import annotations

from functools import partial
from pathlib import PurePosixPath

from journeyman.pipeline.adopted import Adopted
from journeyman.pipeline.cover import Covered, TestFile
from journeyman.pipeline.written import workshop
from journeyman.records import Patch, Task, digest
from journeyman.records.goal import Cover, Mutant
from journeyman.records.tried import Tried
from journeyman.tasks.prove import hide
from journeyman.tasks.statement import from_failures
from journeyman.tasks.steady import steady
from journeyman.tasks.written.characterise import Character
from journeyman.tasks.written.draft import Plan, RefusedError
from journeyman.tasks.written.pieces import Piece, piece_of
from journeyman.tasks.written.test_text import test_module
from journeyman.tasks.written.words import render
from journeyman.tasks.written.workshop import Workshop, half


def carried_tasks(adopted: Adopted, covered: Covered) -> list[Tried]:
    """Return tasks that the new tests make possible: breaks that only they notice.

    The new test file is part of the tree that such a task starts from.
    """
    shop = workshop(adopted, ())
    tried = []
    for file in covered.files:
        for character in file.characters:
            piece = piece_of(character.path, adopted.read(character.path) or "", character.function)
            for number, mutant in enumerate(character.noticed):
                plan = Plan(
                    kind="covered",
                    path=character.path,
                    function=character.function,
                    detail=f"{file.path} {number} {digest(mutant.model_dump())}",
                )
                if piece is not None:
                    make = partial(_carried, shop, plan, piece, file, mutant)
                    tried.append(shop.attempt(plan, make))
    return tried


def cover_tasks(adopted: Adopted, covered: Covered) -> list[Tried]:
    """Return tasks whose goal is to cover what `cover` covered; its tests are the reference."""
    shop = workshop(adopted, ())
    tried = []
    for file in covered.files:
        for character in file.characters:
            piece = piece_of(character.path, adopted.read(character.path) or "", character.function)
            plan = Plan(kind="cover", path=character.path, function=character.function)
            if piece is not None and character.noticed:
                make = partial(_task, shop, plan, piece, file, character)
                tried.append(shop.attempt(plan, make))
    return tried


def _task(shop: Workshop, plan: Plan, piece: Piece, file: TestFile, character: Character) -> Task:
    text = test_module([character]) if character.kept else file.text
    lines = character.reached
    tests = shop.prover.tests_for([(piece.path, piece.body[0].lineno, piece.last)])

    def task(least: float) -> Task:
        goal = Cover(
            kind="cover",
            path=piece.path,
            lines=lines,
            least_lines=0.5 if lines else 0.0,
            mutants=character.noticed,
            least=least,
            runs=shop.runs,
        )
        return Task(
            **shop.common(plan, piece, goal),
            statement=render(
                "cover", piece=piece, goal=goal, folder=PurePosixPath(file.path).parent.as_posix()
            ),
            broken=Patch(),
            fix=Patch(files={file.path: text}),
            fail_to_pass=(),
            pass_to_pass=tests,
            identity=False,
        )

    return shop.proven(task(half(1.0, len(character.noticed))))


def _carried(shop: Workshop, plan: Plan, piece: Piece, file: TestFile, mutant: Mutant) -> Task:
    broken = Patch(files={piece.path: mutant.apply(piece.text), file.path: file.text})
    failing: tuple[str, ...] = ()
    suite = shop.grader.suite
    told = []
    for attempt in range(shop.runs):
        report = steady(suite.run(broken, file.tests, attempt=attempt))
        now = tuple(sorted(test for test in file.tests if not report.good(test)))
        if report.ending != "finished":
            raise RefusedError("unfinished", report.ending)
        if not now or (attempt and now != failing):
            raise RefusedError("flaky" if attempt else "survived", "not the same tests fail")
        failing, told = now, list(report.results)
    passing = sorted(set(file.tests) - set(failing))
    hidden = hide(list(failing)) + hide(passing)
    shown = [one for one in told if one.id in failing and one.id not in hidden]
    task = Task(
        **shop.common(plan, piece),
        statement=from_failures(shown),
        broken=broken,
        fix=Patch(files={piece.path: piece.text}),
        fail_to_pass=failing,
        pass_to_pass=tuple(passing),
        hidden=tuple(sorted(hidden)),
        identity=False,
    )
    return shop.proven(task)
