"""What a model proposes is proven or refused; the endpoint is a real server with a script."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from journeyman.agent.policy.asking import Asker
from journeyman.agent.policy.chat import ChatSettings
from journeyman.pipeline.adopted import Adopted
from journeyman.pipeline.cover import Covered
from journeyman.pipeline.cover_tasks import carried_tasks
from journeyman.pipeline.modelled import issue_tasks, propose, rewrite_tasks
from journeyman.records import Patch, Task
from journeyman.tasks.written.draft import RefusedError
from journeyman.tasks.written.modelled import needs, wrong_with
from journeyman.tasks.written.pieces import piece_of

pytestmark = pytest.mark.sandbox

BUG = '''```python
def overlap(first, second):
    """Return what two (start, stop) ranges share, or None."""
    start = max(first[0], second[0])
    stop = max(first[1], second[1])
    if start >= stop:
        return None
    return start, stop
```'''
COMMENTED = BUG.replace("    stop = max", "    # the bug\n    stop = max")
OTHER_HEADER = BUG.replace("first, second)", "first, second, third=0)")
TESTS = """```python
from shop.prices import total


def test_a_line_may_count_nothing():
    assert total([(5, 0), (2, 3)]) == 6
```"""


@contextmanager
def endpoint(answer: Any) -> Iterator[tuple[str, list[Any]]]:
    """Serve `answer(prompt, number)` as chat completions."""
    asked: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            asked.append(body)
            said = answer(body["messages"][-1]["content"], len(asked))
            message = {"role": "assistant", "content": said}
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps({"choices": [{"message": message}]}).encode())

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def asker(url: str, model: str) -> Asker:
    return Asker(ChatSettings(base_url=url, model=model, retries=0))


def small(adopted: Adopted, **changes: int) -> Adopted:
    written = adopted.settings.written.model_copy(update={"mutants": 6, **changes})
    return replace(adopted, settings=adopted.settings.model_copy(update={"written": written}))


def test_a_models_bug_is_proven_like_any_other(adopted: Adopted) -> None:
    def answer(prompt: str, number: int) -> str:
        return BUG if "def overlap(" in prompt else "I would rather not."

    with endpoint(answer) as (url, asked):
        tried = rewrite_tasks(small(adopted, count=50, tries=1), asker(url, "bugs"))
    (task,) = [entry.task for entry in tried if entry.task is not None]
    assert task.family == "model_rewrite" and task.source == "breakage"
    assert task.place.function == "overlap" and task.fail_to_pass
    assert not adopted.grader.grade(task, Patch()).solved
    assert adopted.grader.grade(task, task.fix).solved
    assert {entry.why for entry in tried if entry.task is None} == {"the answer holds no code"}
    assert all("tools" not in body for body in asked)


@pytest.mark.parametrize(
    ("answer", "outcome"), [(COMMENTED, "filtered"), (OTHER_HEADER, "rejected")]
)
def test_an_answer_that_tells_or_changes_more_is_refused(
    adopted: Adopted, answer: str, outcome: str
) -> None:
    with endpoint(lambda prompt, number: answer) as (url, _):
        tried = rewrite_tasks(small(adopted, count=50, tries=1), asker(url, outcome))
    (entry,) = [one for one in tried if one.name in _names(tried, adopted)]
    assert entry.outcome == outcome


def _names(tried: Sequence[Any], adopted: Adopted) -> set[str]:
    from journeyman.tasks.written.draft import Plan

    plan = Plan(kind="model_rewrite", path="shop/ranges.py", function="overlap")
    return {plan.content_hash()}


def test_an_issue_that_gives_the_fix_away_is_sent_back(
    adopted: Adopted, made_tasks: Sequence[Task]
) -> None:
    task = next(task for task in made_tasks if len(_line_of(adopted, task)) > 12)
    good = f"Calling {' and '.join(needs(task))} does not do what I expect of it, I think."

    def answer(prompt: str, number: int) -> str:
        return f"{good}\nPlease write:\n    {_line_of(adopted, task)}" if number == 1 else good

    with endpoint(answer) as (url, asked):
        (entry,) = issue_tasks(adopted, asker(url, "issues"), [task])
    assert entry.task is not None and entry.task.statement == good + "\n"
    assert "issue" in entry.task.labels and entry.task.id != task.id
    assert entry.task.model_copy(update={"statement": "", "labels": ()}).broken == task.broken
    assert len(asked) == 2 and "gives a line of the fix away" in asked[1]["messages"][-1]["content"]


def test_an_issue_has_to_mention_what_the_tests_need(
    adopted: Adopted, made_tasks: Sequence[Task]
) -> None:
    task = made_tasks[0]
    vague = "Something in this library does not do what I expect of it at all."
    assert "does not mention" in wrong_with(vague, task, lambda path: None)
    with endpoint(lambda prompt, number: vague) as (url, asked):
        (entry,) = issue_tasks(adopted, asker(url, "vague"), [task])
    assert entry.task is None and entry.outcome == "rejected" and len(asked) == 3


def test_a_models_tests_are_judged_by_running(adopted: Adopted) -> None:
    few = small(adopted, mutants=16)
    path = "shop/prices.py"
    piece = piece_of(path, adopted.read(path) or "", "total")
    assert piece is not None
    with endpoint(lambda prompt, number: TESTS) as (url, asked):
        file = propose(few, asker(url, "tests"), piece)
    assert "def total(" in asked[0]["messages"][0]["content"]
    assert file.mutants[1] > 0 and file.path == "tests/test_prices_total_proposed.py"
    (carried, *_) = carried_tasks(few, Covered(files=(file,), tried=()))
    assert carried.task is not None and set(carried.task.fail_to_pass) <= set(file.tests)


@pytest.mark.parametrize(
    ("tests", "why"),
    [
        ("def test_it():\n    assert True\n", "notice no mutant"),
        ("def test_it():\n    assert False\n", "failed"),
        ("import inspect\n\ndef test_it():\n    assert inspect\n", "inspect"),
        ("nothing", "no code"),
    ],
)
def test_tests_that_show_nothing_are_refused(adopted: Adopted, tests: str, why: str) -> None:
    path = "shop/prices.py"
    piece = piece_of(path, adopted.read(path) or "", "total")
    assert piece is not None
    with (
        endpoint(lambda prompt, number: f"```python\n{tests}```") as (url, _),
        pytest.raises(RefusedError) as refused,
    ):
        propose(small(adopted), asker(url, "bad tests"), piece)
    assert why in refused.value.why


def _line_of(adopted: Adopted, task: Task) -> str:
    diff = task.fix.diff(lambda path: adopted.grader.broken_text(task, path))
    lines = [line[1:].strip() for line in diff.splitlines() if line[:1] == "+" and line[:2] != "++"]
    return max(lines, key=len, default="")
