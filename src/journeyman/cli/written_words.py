"""What the commands for written tasks and tests print."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from journeyman.pipeline.adopted import Adopted
    from journeyman.pipeline.cover import Covered
    from journeyman.records import Task
    from journeyman.records.tried import Tried

MOST_REASONS = 12


def written_table(tried: Sequence[Tried]) -> str:
    """Return the ledger of written tasks: outcomes, and the reasons behind them."""
    outcomes = Counter(entry.outcome for entry in tried)
    lines = [f"{'outcome':14}{'tries':>7}"]
    lines += [f"{name:14}{count:7}" for name, count in sorted(outcomes.items())]
    reasons = Counter(entry.why for entry in tried if entry.why)
    for why, count in reasons.most_common(MOST_REASONS):
        lines.append(f"  {count:4}  {textwrap.shorten(why, 100)}")
    valid, seconds = outcomes["valid"], sum(entry.seconds for entry in tried)
    share = valid / max(1, len(tried))
    lines.append(f"{valid} proven of {len(tried)} tried ({share:.0%}), {seconds:.0f} s of work")
    return "\n".join(lines)


def task_text(adopted: Adopted, task: Task) -> str:
    """Return a task as a person wants to see it: what is asked, and what solves it."""

    def broken(path: str) -> str | None:
        return adopted.grader.broken_text(task, path)

    fix = task.fix.diff(broken)
    return f"\n== {task.id} {task.cluster}\n\n{task.statement}\nWhat solves it:\n\n{fix}"


def cover_table(covered: Covered) -> str:
    """Return what `cover` made of each file, before and after, and why there is no more."""
    lines = [f"{'new test file':52}{'tests':>6}{'lines reached':>16}{'mutants noticed':>18}"]
    for file in covered.files:
        reached = f"{file.lines[1]} of {file.lines[0]}"
        noticed = f"{file.mutants[1]} of {file.mutants[0]}"
        lines.append(f"{file.path:52}{len(file.tests):6}{reached:>16}{noticed:>18}")
    missed = sum(file.lines[0] for file in covered.files)
    survived = sum(file.mutants[0] for file in covered.files)
    lines.append(
        f"of what the suite missed in these functions: {sum(f.lines[1] for f in covered.files)} of "
        f"{missed} lines, {sum(f.mutants[1] for f in covered.files)} of {survived} mutants"
    )
    reasons = Counter(one.why for one in covered.tried if one.why)
    lines.append(f"{len(covered.tried)} functions looked at; no test for")
    lines += [f"  {count:4}  {why}" for why, count in reasons.most_common()]
    lines += [f"left out: {why}" for why in covered.left_out]
    return "\n".join(lines)
