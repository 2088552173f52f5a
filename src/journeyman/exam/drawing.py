"""A sheet to draw SVG on, and the scales that put numbers on it.

Elements are built as a tree and serialised by the standard library, so that text can never become
markup. Colours are not set here: elements carry classes, and the page's style sheet knows what
they look like in light, in dark and on paper.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree


class Sheet:
    """An SVG image `width` by `height` units large, with `title` read out by screen readers."""

    def __init__(self, width: float, height: float, title: str, kind: str) -> None:
        self.width = width
        self.height = height
        self.root = ElementTree.Element(
            "svg",
            {
                "viewBox": f"0 0 {number(width)} {number(height)}",
                "role": "img",
                "aria-label": _printable(title),
                "class": f"chart {kind}",
            },
        )

    def add(
        self, tag: str, kind: str = "", tip: str = "", text: str = "", **attributes: object
    ) -> None:
        """Draw one element of class `kind`; `tip` is shown while the pointer rests on it."""
        values = {
            name.rstrip("_").replace("_", "-"): number(value)
            if isinstance(value, float | int)
            else str(value)
            for name, value in attributes.items()
        }
        element = ElementTree.SubElement(self.root, tag, values)
        if kind:
            element.set("class", kind)
        if text:
            element.text = _printable(text)
        if tip:
            ElementTree.SubElement(element, "title").text = _printable(tip)

    def line(self, x1: float, y1: float, x2: float, y2: float, kind: str) -> None:
        """Draw a straight line."""
        self.add("line", kind, x1=x1, y1=y1, x2=x2, y2=y2)

    def text(self, x: float, y: float, text: str, kind: str = "", anchor: str = "start") -> None:
        """Write `text` with its baseline at `y`."""
        self.add("text", kind, text=text, x=x, y=y, text_anchor=anchor)

    def svg(self) -> str:
        """Return the image as an `svg` element."""
        return ElementTree.tostring(self.root, encoding="unicode")


@dataclass(frozen=True)
class Scale:
    """Maps numbers from `low` to `high` on to positions from `start` to `stop`, linearly."""

    low: float
    high: float
    start: float
    stop: float

    def __call__(self, value: float) -> float:
        """Return the position of `value`."""
        share = (value - self.low) / (self.high - self.low)
        return self.start + share * (self.stop - self.start)


def number(value: float) -> str:
    """Write a coordinate with at most two decimals and no trailing zeros."""
    return f"{value:.2f}".rstrip("0").rstrip(".") if value % 1 else str(int(value))


def bounds(values: Iterable[float], floor: float | None = None) -> tuple[float, float]:
    """Return a range that holds `values` (and `floor`), never empty and never of width zero."""
    held = [*values, *([] if floor is None else [floor])]
    low, high = (min(held), max(held)) if held else (0.0, 1.0)
    if high - low < 1e-9 * max(1.0, abs(high)):
        room = abs(high) if abs(high) > 1e-6 else 1.0
        return (low, high + room) if floor is not None else (low - room / 2, high + room / 2)
    return low, high


def ticks(low: float, high: float, count: int = 4) -> list[float]:
    """Return about `count` round numbers within `low` to `high` (steps of 1, 2 or 5 times 10^n)."""
    rough = (high - low) / max(1, count)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(size * power for size in (1, 2, 5, 10) if size * power >= rough * 0.999)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(index * step, 10) for index in range(first, last + 1)]


def apart(positions: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Move labels so that neighbours are at least `gap` apart, kept in order, as little as need be.

    Labels that do not fit between `low` and `high` run over the low end.
    """
    order = sorted(range(len(positions)), key=lambda index: positions[index])
    placed = list(positions)
    edge = low - gap
    for index in order:
        edge = placed[index] = max(placed[index], edge + gap)
    edge = high + gap
    for index in reversed(order):
        edge = placed[index] = min(placed[index], edge - gap)
    return placed


def _printable(text: str) -> str:
    """Replace the characters that XML cannot hold at all, even escaped."""
    return "".join(
        char
        if char in "\t\n"
        or (char >= " " and not "\ud800" <= char <= "\udfff" and char < "\ufffe")
        or char >= "\U00010000"
        else "\ufffd"
        for char in text
    )
