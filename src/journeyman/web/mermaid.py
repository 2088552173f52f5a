"""A diagram as Mermaid source, for those who want to paste it elsewhere."""

from __future__ import annotations

from journeyman.understanding.wiki.page import Diagram

_HOW_WRITTEN = str.maketrans({
    **{one: f"#{ord(one)};" for one in "\"#<>&`[](){}|;\\"},
    "\n": " ",
    "\r": " ",
})  # fmt: skip


def mermaid(diagram: Diagram) -> str:
    """Return the source of a flowchart; labels cannot end it or add to it."""
    names = {node.key: f"n{number}" for number, node in enumerate(diagram.nodes)}
    lines = ["flowchart LR"]
    lines += [f'  {names[node.key]}["{_safe(node.label)}"]' for node in diagram.nodes]
    for edge in diagram.edges:
        if edge.source in names and edge.target in names:
            label = f'|"{_safe(edge.label)}"|' if edge.label else ""
            lines.append(f"  {names[edge.source]} -->{label} {names[edge.target]}")
    return "\n".join(lines)


def _safe(label: str) -> str:
    return label.translate(_HOW_WRITTEN)
