"""Calls as somebody would write them, from arguments that were recorded."""

from __future__ import annotations

from journeyman.grading.goals.workloads import literal
from journeyman.tasks.written.pieces import Definition
from journeyman.understanding.signatures import parameters


def call_text(name: str, node: Definition, given: str, *, method: bool = False) -> str:
    """Return the code of a call of `name` with recorded arguments; defaults are left out.

    `given` is a literal dictionary as `PytestSuite.values` returns it. Empty where the call cannot
    be written.
    """
    try:
        values = literal(given)
    except ValueError:
        return ""
    rest, more = values.get("*", ()), values.get("**", {})
    parts: list[str] = []
    by_name = False
    for one in parameters(node, method=method):
        if one.kind == "rest":
            parts += [repr(value) for value in rest]
        elif one.kind == "keywords":
            if not all(str(key).isidentifier() for key in more):
                return ""
            parts += [f"{key}={value!r}" for key, value in more.items()]
        elif one.name not in values:
            return ""
        elif one.default and repr(values[one.name]) == one.default and not rest:
            by_name = True  # what follows has to say whose value it is
        elif by_name or one.kind == "keyword only":
            if one.kind == "positional only":
                return ""
            parts.append(f"{one.name}={values[one.name]!r}")
        else:
            parts.append(repr(values[one.name]))
    return f"{name}({', '.join(parts)})"
