"""The words of a task: what a template makes of the failing tests' own output."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from journeyman.records import TestResult


def from_failures(failures: Sequence[TestResult]) -> str:
    """Return a plain statement that names the failing tests and what they said.

    It never says what was broken, and only visible tests may be passed.
    """
    return str(_template().render(failures=failures))


@lru_cache(maxsize=1)
def _template() -> Any:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    # Plain text for people and language models: nothing is ever rendered as HTML from here.
    environment = Environment(
        loader=PackageLoader("journeyman.tasks"), undefined=StrictUndefined, autoescape=False
    )
    return environment.get_template("statement.j2")
