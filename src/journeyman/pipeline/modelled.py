"""Tasks and tests with a language model behind a chat endpoint; never used without one."""

from __future__ import annotations

import ast
import random
import textwrap
from collections.abc import Sequence

from journeyman.agent.policy.asking import Asker
from journeyman.engine.local import ordered_map
from journeyman.grading.goals.new_tests import NewTests, mutated, test_flags
from journeyman.pipeline.adopted import Adopted
from journeyman.pipeline.cover import TestFile, new_path, too_little_tested, unsteady
from journeyman.pipeline.written import VERSION, workshop
from journeyman.progress import Progress, Silent, stage
from journeyman.records import Patch, Task, digest
from journeyman.records.tried import Tried
from journeyman.tasks.written.characterise import Character, missed_lines, surviving
from journeyman.tasks.written.draft import Plan, RefusedError
from journeyman.tasks.written.modelled import FAMILY, Rewrites, code_in, issue
from journeyman.tasks.written.pieces import Piece
from journeyman.tasks.written.words import render


def rewrite_tasks(adopted: Adopted, asker: Asker, progress: Progress | None = None) -> list[Tried]:
    """Let the model plant bugs until as many are proven as `written.count` wants."""
    progress = progress or Silent()
    settings = adopted.settings.written
    maker = Rewrites(workshop(adopted), asker.ask)
    plans = sorted(maker.plans(), key=lambda plan: plan.content_hash())
    random.Random(f"rewrite {adopted.settings.tasks.seed}").shuffle(plans)

    def attempt(plan: Plan) -> Tried:
        parts = [adopted.suite.settings.identity, VERSION, asker.model, adopted.settings.tasks.runs]
        key = digest([*parts, plan.content_hash()])
        known = adopted.store.get_record("rewritten", key, Tried)
        if known is None:
            known = maker.make(plan)
            adopted.store.put_record("rewritten", key, known)
        return known

    tried: list[Tried] = []
    with stage(progress, FAMILY, settings.count):
        for result in ordered_map(
            attempt, plans[: settings.tries * settings.count], adopted.workers
        ):
            tried.append(result)
            if result.task is not None:
                progress.advance(note=f"of {len(tried)} tries")
            if sum(one.task is not None for one in tried) >= settings.count:
                break
    return tried


def issue_tasks(
    adopted: Adopted, asker: Asker, tasks: Sequence[Task], progress: Progress | None = None
) -> list[Tried]:
    """Return the tasks with statements in the words of an issue; the proof stays as it was."""
    progress = progress or Silent()
    shop = workshop(adopted, tasks)

    def write(task: Task) -> Tried:
        plan = Plan(
            kind="issue", path=task.place.path, function=task.place.function, detail=task.id
        )

        def read(path: str) -> str | None:
            return adopted.grader.broken_text(task, path)

        def make() -> Task:
            return issue(task, asker.ask, read, _visible_tests(adopted, task))

        told = shop.attempt(plan, make)
        progress.advance()
        fields = {name: getattr(told, name) for name in Tried.model_fields}
        return Tried(**{**fields, "source": task.source, "family": task.family})

    with stage(progress, "issues", len(tasks)):
        return list(ordered_map(write, tasks, adopted.workers))


def model_tests(
    adopted: Adopted, asker: Asker, progress: Progress | None = None
) -> tuple[list[TestFile], list[str]]:
    """Let the model write tests for the functions that are tested least, judged like `cover`'s.

    Returns:
        The test files that hold and notice a mutant that no test noticed, and why others do not.
    """
    progress = progress or Silent()
    shop = workshop(adopted, ())
    pieces = too_little_tested(adopted, shop)[: adopted.settings.written.functions]
    files, refused = [], []
    with stage(progress, "tests by the model", len(pieces)):
        for piece in pieces:
            try:
                files.append(propose(adopted, asker, piece))
            except RefusedError as error:
                refused.append(f"{piece.path}::{piece.name}: {error.why}")
            progress.advance()
    return files, refused


def propose(adopted: Adopted, asker: Asker, piece: Piece) -> TestFile:
    """Return a test file that the model wrote for one function, judged.

    Raises:
        RefusedError: It does not hold, or notices nothing new.
    """
    shop = workshop(adopted, ())
    module, missed = shop.module(piece.path), missed_lines(shop, piece)
    path = new_path(adopted, module, piece.name)
    if path is None:
        raise RefusedError("rejected", "there is no folder of tests to put them into")
    lines = piece.text.splitlines(keepends=True)[piece.node.lineno - 1 : piece.last]
    code = textwrap.dedent("".join(lines))
    asked = render("model_tests", piece=piece, module=module, code=code, missed=missed)
    text = code_in(asker.ask(asked))
    if text is None:
        raise RefusedError("rejected", "the answer holds no code")
    files = Patch(files={path: text})
    flags = test_flags(files)
    if flags:
        raise RefusedError("filtered", flags[0].detail)
    tests = NewTests(adopted.grader, files)
    ids, why = tests.passing(Patch(), adopted.settings.tasks.runs)
    if why:
        raise RefusedError("flaky", why)
    mutants, survived = surviving(shop, piece)
    noticed = tuple(
        one for one in survived if tests.notices(mutated(adopted.grader, Patch(), one), ids)
    )
    if not noticed:
        raise RefusedError("survived", "they notice no mutant that the tests do not")
    if unsteady(adopted, path, text):
        raise RefusedError("flaky", "they fail under another order of hashes")
    reached = tests.reached(Patch(), piece.path) & set(missed)
    character = Character(
        path=piece.path,
        function=piece.name,
        module=module,
        missed=missed,
        reached=tuple(sorted(reached)),
        mutants=mutants,
        survived=survived,
        noticed=noticed,
    )
    return TestFile(
        path=path,
        text=text,
        characters=(character,),
        tests=ids,
        lines=(len(missed), len(reached)),
        mutants=(len(survived), len(noticed)),
    )


def _visible_tests(adopted: Adopted, task: Task) -> str:
    """Return the code of the visible failing tests, three of them at most."""
    shown = []
    for test in [one for one in task.fail_to_pass if one not in task.hidden][:3]:
        path, _, rest = test.partition("::")
        text = adopted.grader.broken_text(task, path) or ""
        name = rest.partition("[")[0].rpartition("::")[2]
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef) and node.name == name:
                shown.append(ast.get_source_segment(text, node) or "")
    return "\n\n".join(dict.fromkeys(shown))
