"""The statements of written tasks: templates beside those of the breakages."""

from __future__ import annotations

from functools import lru_cache
from typing import Any


def render(template: str, **values: Any) -> str:
    """Return the text of one of the templates of written tasks."""
    return str(_environment().get_template(f"{template}.j2").render(**values)).strip() + "\n"


@lru_cache(maxsize=1)
def _environment() -> Any:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("journeyman.tasks", "templates/written"),
        undefined=StrictUndefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
