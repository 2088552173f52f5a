"""Only breaks that parse, that differ, and that are new: compared by syntax, without trivia."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from journeyman.records import digest
from journeyman.tasks.breaking.site import Site
from journeyman.tasks.syntax.parsing import parse
from journeyman.tasks.syntax.source import SyntaxSource

if TYPE_CHECKING:
    from tree_sitter import Node, Tree

_SAME = frozenset({"parenthesized_expression", "expression_statement"})
"""Nodes that say nothing by themselves where all they hold is one other."""

_TRIVIA = frozenset({'"', "'", ";", "empty_statement"})


def worthy(sites: Iterable[Site], source_of: Callable[[str], SyntaxSource]) -> Iterator[Site]:
    """Yield, in their order, those of `sites` that parse and differ from the original.

    One whose function has the same normalised syntax tree as one before is marked as a duplicate.
    """
    checks: dict[tuple[str, int, int], _Check] = {}
    for site in sites:
        key = (site.path, site.first, site.last)
        if key not in checks:
            checks[key] = _Check(source_of(site.path), site)
        verdict = checks[key].judge(site)
        if verdict != "unfit":
            yield replace(site, duplicate=verdict == "duplicate")


def normal_form(node: Node, data: bytes) -> str:
    """Return a node's syntax without comments, layout, redundant brackets and kinds of quotes."""
    if node.is_extra or (node.type in _TRIVIA and _idle(node)):
        return ""
    if not node.child_count:
        return f"{node.type} {data[node.start_byte : node.end_byte]!r}"
    children = [form for child in node.children if (form := normal_form(child, data))]
    if node.type in _SAME:
        inner = [form for form in children if form[:1] not in "()"]
        if len(inner) == 1:
            return inner[0]
    if node.type == "string" and node.named_child_count:
        # The escapes of the two kinds of quotes differ.
        children = [form.replace('\\"', '"').replace("\\'", "'") for form in children]
    return f"[{node.type} {' '.join(children)}]"


def _idle(node: Node) -> bool:
    return node.parent is None or node.parent.type != "for_statement"


class _Check:
    """Judges the breaks of one function."""

    def __init__(self, source: SyntaxSource, site: Site) -> None:
        self.source = source
        found = [one.node for one in source.functions if one.first == site.first]
        self.nodes = [node for node in found if node.end_point[0] + 1 == site.last]
        self.original = [normal_form(node, source.data) for node in self.nodes]
        self.shapes: set[str] = set()

    def judge(self, site: Site) -> Literal["new", "duplicate", "unfit"]:
        forms = self._forms(site)
        if not forms or forms == self.original:
            return "unfit"
        shape = digest(forms)
        known = shape in self.shapes
        self.shapes.add(shape)
        return "duplicate" if known else "new"

    def _forms(self, site: Site) -> list[str]:
        """Return the normal forms of the functions with the break made; none if it is no code."""
        source = self.source
        head, tail = source.text[: site.start], source.text[site.end :]
        start = len(head.encode("utf-8", "surrogatepass"))
        old = len(source.text[site.start : site.end].encode("utf-8", "surrogatepass"))
        new = site.replacement.encode("utf-8", "surrogatepass")
        tree = source.tree.copy()
        tree.edit(
            start,
            start + old,
            start + len(new),
            _point(source.data, start),
            _point(source.data, start + old),
            _point(source.data[:start] + new, start + len(new)),
        )
        data = head.encode("utf-8", "surrogatepass") + new + tail.encode("utf-8", "surrogatepass")
        broken = parse(data, source.grammar, tree)
        if broken is None or broken.root_node.has_error:
            return []
        found = [_same_place(broken, node) for node in self.nodes]
        return [normal_form(node, data) for node in found if node is not None]


def _same_place(tree: Tree, node: Node) -> Node | None:
    """Return the node of another tree that begins where `node` does and is of its type."""
    here = tree.root_node.descendant_for_byte_range(node.start_byte, node.start_byte + 1)
    while here is not None and here.start_byte == node.start_byte:
        if here.type == node.type:
            return here
        here = here.parent
    return None


def _point(data: bytes, byte: int) -> tuple[int, int]:
    line = data.count(b"\n", 0, byte)
    return line, byte - (data.rfind(b"\n", 0, byte) + 1)
