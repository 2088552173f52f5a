"""The report of `journeyman grow`: one page that opens from disk, and the same as JSON.

The page loads nothing and runs nothing: style and charts are inline, there is no script, and a
content security policy says so to the browser, because task statements, diffs and test output come
from code that was broken on purpose and are shown as text only.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from journeyman.errors import UserError
from journeyman.exam import pictures, wording
from journeyman.exam.pictures import OUTCOMES
from journeyman.records.growth import Growth, LedgerRow

PAGE, DATA = "report.html", "report.json"


def render(growth: Growth) -> str:
    """Return the report as one self-contained HTML page."""
    return (
        _templates()
        .get_template("report.html.j2")
        .render(
            growth=growth,
            headline=wording.headline(growth),
            figures=wording.figures(growth),
            outcomes=OUTCOMES,
            ledger=pictures.ordered(growth.ledger),
            totals=totals(growth),
            **pictures.of_exam(growth.exam),
            practice_charts=pictures.of_practice(growth.practice),
            ledger_chart=pictures.of_ledger(growth.ledger),
            shifts=pictures.of_weights(growth.weights),
        )
    )


def write_report(growth: Growth, folder: Path) -> tuple[Path, Path]:
    """Write ``report.html`` and ``report.json`` into `folder`, each whole or not at all.

    Returns both paths. Raises `UserError` where the folder cannot be written to.
    """
    page, data = render(growth), growth.model_dump_json(indent=1) + "\n"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _replace(folder / DATA, data)
        _replace(folder / PAGE, page)
    except OSError as error:
        raise UserError(
            f"cannot write the report to {folder}: {error.strerror}",
            "Choose a folder that can be written to and has room.",
        ) from error
    return folder / PAGE, folder / DATA


def read_report(path: Path) -> Growth:
    """Read a report's JSON. Raises `UserError` where it is missing or is not one."""
    try:
        return Growth.model_validate_json(path.read_bytes())
    except OSError as error:
        raise UserError(
            f"cannot read {path}: {error.strerror}", "Run `journeyman grow`."
        ) from error
    except ValueError as error:
        raise UserError(
            f"{path} is not a growth report: {error}", "Run `journeyman grow`."
        ) from error


def totals(growth: Growth) -> LedgerRow | None:
    """Return the ledger's sums as a row, or `None` where nothing was tried."""
    if not growth.ledger:
        return None
    names = ["tried", *(name for name, _ in OUTCOMES)]
    sums = {name: sum(getattr(row, name) for row in growth.ledger) for name in names}
    seconds = sum(row.seconds for row in growth.ledger)
    return LedgerRow(family="all families", quiet=False, seconds=seconds, **sums)


def diff_lines(diff: str) -> Iterator[tuple[str, str]]:
    """Yield a unified diff's lines, each with what it is: head, hunk, added, removed or same."""
    for line in diff.splitlines():
        if line.startswith(("--- ", "+++ ")):
            yield "head", line
        elif line.startswith("@@"):
            yield "hunk", line
        elif line.startswith(("+", "-")):
            yield "added" if line[0] == "+" else "removed", line
        else:
            yield "same", line


def _templates() -> Environment:
    templates = Environment(
        loader=PackageLoader("journeyman.exam", "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    templates.filters |= {
        "between": wording.between,
        "diff_lines": diff_lines,
        "duration": wording.duration,
        "fraction": wording.fraction,
        "plural": wording.plural,
        "probability": wording.probability,
        "signed": wording.signed,
    }
    return templates


def _replace(path: Path, text: str) -> None:
    """Put `text` at `path` in one step: readers see the old file or the new one, never a part."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    draft = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.chmod(0o644)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
