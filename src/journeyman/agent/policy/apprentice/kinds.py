"""The kinds of move, and the groups in which failing messages speak of them."""

from __future__ import annotations

GROUPS: dict[str, tuple[str, ...]] = {
    "comparison": (
        "boundary",
        "comparison-opposite",
        "comparison-flip",
        "comparison-other",
    ),
    "arithmetic": ("arithmetic", "arithmetic-other", "sign", "operand-swap", "augment"),
    "logic": ("boolean", "negate", "negate-value", "truth", "condition-constant"),
    "position": ("off-by-one", "slice", "number-next", "index-add"),
    "constant": ("number-other", "string", "constant-to-name"),
    "name": ("name-local", "name-module", "name-unknown", "target", "exception"),
    "attribute": ("attribute-beside", "attribute-alike", "attribute-drop", "attribute-add"),
    "argument": ("argument-swap", "argument-add", "argument-drop", "keyword-add"),
    "return": (
        "return-add",
        "return-drop",
        "return-insert",
        "return-value",
        "yield",
    ),
    "guard": ("guard", "guard-copy", "default-insert", "filter-add", "filter-drop"),
    "assignment": (
        "assign-insert",
        "assign-add",
        "assigned",
        "field-insert",
        "step-insert",
        "copy",
    ),
    "removal": ("delete", "delete-block", "condition-drop", "operand-drop"),
    "control": ("leave", "leave-insert", "branch-swap", "order", "depth"),
    "wrapping": ("wrap", "unwrap", "call-add", "call-drop", "decorator"),
}
"""Group to its kinds; every kind is in exactly one."""

KINDS: tuple[str, ...] = tuple(kind for kinds in GROUPS.values() for kind in kinds)
GROUP_OF: dict[str, str] = {kind: group for group, kinds in GROUPS.items() for kind in kinds}
