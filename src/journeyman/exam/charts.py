"""The report's charts: pure functions from numbers to inline SVG.

A chart is drawn for one width. What is read on a wide screen and on a phone alike is drawn twice
by the page, so that letters keep their size. `tone` names a colour of the style sheet; no chart
relies on colour alone: lines are dashed and labelled, bars are numbered, intervals are named.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from journeyman.exam.drawing import Scale, Sheet, apart, bounds, number, ticks

NARROW = 480
"""Below this width labels stand above what they name instead of beside it."""


@dataclass(frozen=True)
class Curve:
    """Shares in [0, 1] at 1, 2, … test runs."""

    label: str
    tone: str
    shares: Sequence[float]


@dataclass(frozen=True)
class Interval:
    """A value and its interval; `hollow` marks one that is shown for comparison only."""

    label: str
    tone: str
    value: float
    low: float
    high: float
    hollow: bool = False


@dataclass(frozen=True)
class Stack:
    """A bar made of parts: (name of the part, tone, amount)."""

    label: str
    parts: Sequence[tuple[str, str, float]]
    note: str = ""


def step_curves(
    curves: Sequence[Curve], cap: int, *, title: str, width: int, shade: tuple[int, int] | None
) -> str:
    """Draw the share of tasks fixed within 1 to `cap` test runs; `shade` fills between two curves.

    Beside the lines (wide) or under the plot (narrow) stand their names and last values.
    """
    wide = width >= NARROW
    bottom = 360 if wide else 250
    sheet = Sheet(width, bottom + (52 if wide else 58 + 22 * len(curves)), title, "steps")
    x = Scale(0, cap, 46, width - (256 if wide else 12))
    top = max((share for curve in curves for share in curve.shares), default=1.0)
    y = Scale(0, min(1.0, max(0.1, top * 1.08)), bottom, 14)
    for tick in ticks(0, y.high, 5 if wide else 4):
        sheet.line(x.start, y(tick), x.stop, y(tick), "grid")
        sheet.text(x.start - 8, y(tick) + 4, f"{tick:.0%}", "tick", "end")
    for run in sorted({1, cap, *range(5, cap, 5)}):
        sheet.text(x(run), bottom + 20, str(run), "tick", "middle")
    sheet.text(x.stop, bottom + 42, "test runs spent on the task", "axis", "end")
    if shade and all(curves[index].shares for index in shade):
        over, under = (_steps(curves[index].shares, x, y) for index in shade)
        back = "L" + " L".join(f"{number(px)} {number(py)}" for px, py in reversed(under))
        sheet.add("path", "shade", d=f"{_path(over)} {back} Z")
    for curve in curves:
        if curve.shares:
            steps = _steps(curve.shares, x, y)
            sheet.add("path", f"step tone-{curve.tone}", d=_path(steps), fill="none")
    _name_curves(sheet, curves, x, y, bottom, wide)
    for run in range(1, cap + 1):
        lines = [f"{c.label}: {c.shares[run - 1]:.0%}" for c in curves if run <= len(c.shares)]
        sheet.add(
            "rect",
            "hover",
            tip="\n".join([f"within {run} test run{'s' if run > 1 else ''}", *lines]),
            x=x(run) - (x(1) - x(0)) / 2,
            y=y.stop,
            width=x(1) - x(0),
            height=y.start - y.stop,
        )
    return sheet.svg()


def line_chart(
    points: Sequence[tuple[int, float]], *, title: str, tone: str, marked: int | None, digits: int
) -> str:
    """Draw one number against the round it was measured in, with the chosen round ringed."""
    width, bottom = 340, 170
    sheet = Sheet(width, bottom + 44, title, "lines")
    if not points:
        return _nothing(sheet)
    rounds = [at for at, _ in points]
    x = Scale(*bounds(rounds), 46, width - 20)
    low, high = bounds((value for _, value in points))
    room = (high - low) * 0.12
    y = Scale(low - room, high + room, bottom, 16)
    for tick in ticks(y.low, y.high, 4):
        sheet.line(x.start, y(tick), x.stop, y(tick), "grid")
        sheet.text(x.start - 8, y(tick) + 4, _plain(tick), "tick", "end")
    every = max(1, -(-len(rounds) // 8))
    for at in rounds[::every]:
        sheet.text(x(at), bottom + 20, str(at), "tick", "middle")
    sheet.text(x.stop, bottom + 40, "round", "axis", "end")
    if marked in rounds:
        sheet.line(x(marked), y.stop, x(marked), y.start, "marked")
    path = _path([(x(at), y(value)) for at, value in points])
    sheet.add("path", f"line tone-{tone}", d=path, fill="none")
    for at, value in points:
        kind = f"dot tone-{tone}" + (" chosen" if at == marked else "")
        tip = f"round {at}: {_plain(value, digits)}"
        sheet.add("circle", kind, tip=tip, cx=x(at), cy=y(value), r=6.5 if at == marked else 4)
    return sheet.svg()


def interval_plot(
    rows: Sequence[Interval], *, title: str, share: bool, zero: bool = False, width: int = 340
) -> str:
    """Draw a forest plot: a point and its interval a row, named above, valued at the right.

    `share` writes values as percentages; `zero` draws a line at zero and keeps it in view.
    """
    broad = " broad" if width >= NARROW else ""
    sheet = Sheet(width, 40 * len(rows) + 34, title, f"forest{broad}")
    if not rows:
        return _nothing(sheet)
    low, high = bounds((end for row in rows for end in (row.low, row.high)), 0)
    room = 0.06 * (high - low) if zero else 0.0
    x = Scale(low - room, min(high, 1.0) if share else high + room, 10, width - 10)
    floor = 40 * len(rows) + 6
    for tick in ticks(x.low, x.high, 4):
        sheet.line(x(tick), 4, x(tick), floor, "zero" if zero and tick == 0 else "grid")
        sheet.text(x(tick), floor + 18, _value(tick, share, 0), "tick", "middle")
    for index, row in enumerate(rows):
        y = 40 * index + 32
        hollow = " hollow" if row.hollow else ""
        tip = f"{row.label}: {_spell(row, share)}"
        sheet.text(10, y - 12, row.label, "name")
        sheet.text(width - 10, y - 12, _value(row.value, share, 1), "value", "end")
        sheet.line(x(row.low), y, x(row.high), y, f"whisker tone-{row.tone}{hollow}")
        for end in (row.low, row.high):
            sheet.line(x(end), y - 4, x(end), y + 4, f"whisker tone-{row.tone}{hollow}")
        kind = f"dot tone-{row.tone}{hollow}"
        sheet.add("circle", kind, tip=tip, cx=x(row.value), cy=y, r=5.5)
    return sheet.svg()


def stacked_bars(stacks: Sequence[Stack], *, title: str, width: int) -> str:
    """Draw horizontal bars of stacked parts on one common scale."""
    wide = width >= NARROW
    pitch, left, right = (26, 210, 96) if wide else (46, 4, 4)
    sheet = Sheet(width, pitch * len(stacks) + 8, title, "stacks")
    longest = max((sum(amount for *_, amount in stack.parts) for stack in stacks), default=0)
    if not longest:
        return _nothing(sheet)
    x = Scale(0, longest, left, width - right)
    for index, stack in enumerate(stacks):
        y = pitch * index + (4 if wide else 22)
        sheet.text(
            *((left - 10, y + 14) if wide else (4, y - 6)),
            stack.label,
            "name",
            "end" if wide else "start",
        )
        done = 0.0
        for part, tone, amount in stack.parts:
            if amount:
                sheet.add(
                    "rect",
                    f"part tone-{tone}",
                    tip=f"{stack.label}: {amount:g} {part}",
                    x=x(done),
                    y=y,
                    width=max(1.0, x(done + amount) - x(done)),
                    height=18,
                )
            done += amount
        if wide:
            sheet.text(x(done) + 8, y + 14, stack.note, "value")
        else:
            sheet.text(width - 4, y - 6, stack.note, "value", "end")
    return sheet.svg()


def funnel(stages: Sequence[tuple[str, int]], *, title: str, tone: str) -> str:
    """Draw how many are left at each stage, and the share of the stage before."""
    width = 340
    sheet = Sheet(width, 46 * len(stages) + 4, title, "funnel")
    if not stages or stages[0][1] <= 0:
        return _nothing(sheet)
    x = Scale(0, stages[0][1], 4, width - 4)
    for index, (stage, count) in enumerate(stages):
        y = 46 * index + 20
        before = stages[index - 1][1] if index else 0
        note = f" · {count / before:.0%} of those" if before else ""
        sheet.text(4, y - 5, stage, "name")
        sheet.text(width - 4, y - 5, f"{count}{note}", "value", "end")
        sheet.add("rect", "rail", x=x.start, y=y, width=x.stop - x.start, height=16)
        sheet.add("rect", f"part tone-{tone}", x=x.start, y=y, width=x(count) - x.start, height=16)
    return sheet.svg()


def shift(before: float, after: float, low: float, high: float, *, title: str) -> str:
    """Draw one weight's way from `before` (ring) to `after` (dot) on a scale that holds zero."""
    sheet = Sheet(180, 24, title, "shift")
    x = Scale(*bounds((low, high, before, after, 0.0)), 10, 170)
    sheet.line(x.start, 12, x.stop, 12, "grid")
    sheet.line(x(0), 3, x(0), 21, "zero")
    sheet.line(x(before), 12, x(after), 12, "whisker tone-after")
    sheet.add("circle", "dot tone-before hollow", cx=x(before), cy=12, r=4.5)
    sheet.add("circle", "dot tone-after", cx=x(after), cy=12, r=5)
    return sheet.svg()


def _steps(shares: Sequence[float], x: Scale, y: Scale) -> list[tuple[float, float]]:
    """Return the corners of a staircase that rises at each test run."""
    corners, height = [(x(0), y(0))], 0.0
    for run, share in enumerate(shares, start=1):
        corners += [(x(run), y(height)), (x(run), y(share))]
        height = share
    return corners


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "M" + " L".join(f"{number(x)} {number(y)}" for x, y in points)


def _name_curves(
    sheet: Sheet, curves: Sequence[Curve], x: Scale, y: Scale, bottom: float, wide: bool
) -> None:
    """Write the legend: at the lines' ends where there is room, else under the plot."""
    if not any(curve.shares for curve in curves):
        sheet.text(
            (x.start + x.stop) / 2, (y.start + y.stop) / 2, "nothing measured", "axis", "middle"
        )
    ends = [y(curve.shares[-1]) if curve.shares else bottom for curve in curves]
    rows = apart(ends, 19, y.stop + 4, bottom) if wide else []
    for index, curve in enumerate(curves):
        left, at = (x.stop + 8, rows[index]) if wide else (12, bottom + 68 + 22 * index)
        last = f"  {curve.shares[-1]:.0%}" if curve.shares else ""
        sheet.add("path", f"step key tone-{curve.tone}", d=f"M{left} {number(at)} h26")
        sheet.text(left + 33, at + 4.5, f"{curve.label}{last}", "name")


def _nothing(sheet: Sheet) -> str:
    sheet.text(sheet.width / 2, sheet.height / 2 + 4, "nothing measured", "axis", "middle")
    return sheet.svg()


def _plain(value: float, digits: int | None = None) -> str:
    text = f"{value:g}" if digits is None else f"{value:.{digits}f}"
    return text.replace("-", "−")


def _value(value: float, share: bool, digits: int) -> str:
    if share:
        return f"{value:.0%}"
    return _plain(value, digits if digits or value % 1 == 0 else 1)


def _spell(row: Interval, share: bool) -> str:
    value, low, high = (_value(number, share, 1) for number in (row.value, row.low, row.high))
    return f"{value} (95% interval {low} to {high})"
