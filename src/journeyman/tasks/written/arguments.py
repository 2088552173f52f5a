"""Arguments to try a function with: what its tests were seen to give, then simple values by kind.

Kinds come from annotations, defaults and names. A value that does not fit makes the function raise,
which costs a call and nothing else; calls are only ever made in the sandbox.
"""

from __future__ import annotations

import ast
import random
import re

from journeyman.tasks.written.pieces import Definition
from journeyman.understanding.signatures import Parameter, parameters

_VALUES: dict[str, tuple[str, ...]] = {
    "bool": ("True", "False"),
    "int": ("0", "1", "2", "5", "-1", "12"),
    "float": ("0.0", "1.5", "-2.25", "10.0"),
    "str": ("''", "'a'", "'a b'", "'Hello, World 42'", "'one,two;three'"),
    "bytes": ("b''", "b'a b'"),
    "list": ("[]", "[3, 1, 2]", "['b', 'a', 'b']", "[(1, 'a'), (2, 'b')]", "[1, 1, 2, 3, 5, 8]"),
    "dict": ("{}", "{'a': 1, 'b': 2}", "{'x': {'y': 'z'}}"),
    "set": ("{1, 2, 3}", "{'a'}"),
}
_ANY = ("1", "'a b'", "[3, 1, 2]", "['b', 'a']", "{'a': 1}", "None", "0", "1.5", "''", "'Hello 42'")
_ANNOTATIONS = (
    ("bool", r"\bbool\b"),
    ("dict", r"\b(dict|Dict|Mapping|MutableMapping)\b"),
    ("list", r"\b(list|List|tuple|Tuple|Sequence|Iterable|Iterator|Collection)\b"),
    ("set", r"\b(set|Set|frozenset|FrozenSet)\b"),
    ("bytes", r"\bbytes\b"),
    ("str", r"\b(str|AnyStr|Text)\b"),
    ("float", r"\b(float|Real|Number)\b"),
    ("int", r"\bint\b"),
)
_NAMES = (
    ("int", r"n|k|i|j|num.*|count|size|width|height|index|start|stop|step|limit|max.*|min.*|level"),
    ("str", r"s|text|string|name|word|line|key|sep.*|prefix|suffix|fmt|format|pattern|char|.*_str"),
    ("list", r"xs|items|seq|sequence|iterable|iterables|values|elements|rows|lines|words|it|src"),
    ("dict", r"d|mapping|dictionary|options|kwargs|.*_map|.*_dict"),
    ("float", r"x|y|value|ratio|seconds|price|amount|percent"),
    ("bool", r"is_.*|with_.*|use_.*|strict|reverse|verbose|flag"),
)


def argument_lists(node: Definition, count: int, seed: str, *, method: bool = False) -> list[str]:
    """Return up to `count` different argument lists, as code, that the function might take."""
    draw = random.Random(seed)
    asked = [one for one in parameters(node, method=method) if one.kind not in ("rest", "keywords")]
    pools = [_pool(one) for one in asked]
    found: dict[str, None] = {}
    for attempt in range(6 * count):
        parts = []
        for one, pool in zip(asked, pools, strict=True):
            if one.default and (attempt == 0 or draw.random() < 0.6):
                continue
            value = pool[0] if attempt == 0 else draw.choice(pool)
            by_name = bool(one.default) or one.kind == "keyword only"
            parts.append(f"{one.name}={value}" if by_name else value)
        if any("=" not in part.partition("'")[0] for part in parts[1:]):
            parts.sort(key=_is_named)
        found.setdefault(", ".join(parts))
        if len(found) == count:
            break
    return list(found)


def _is_named(part: str) -> bool:
    return bool(re.match(r"[^\W\d]\w*=", part))


def _pool(one: Parameter) -> tuple[str, ...]:
    for kind, pattern in _ANNOTATIONS:
        if one.annotation and re.search(pattern, one.annotation):
            none = ("None",) if re.search(r"None|Optional", one.annotation) else ()
            return (*_VALUES[kind], *none)
    by_default = _kind_of_default(one.default)
    if by_default:
        return _VALUES[by_default]
    for kind, pattern in _NAMES:
        if re.fullmatch(pattern, one.name):
            return (*_VALUES[kind], *_ANY[:3])
    return _ANY


def _kind_of_default(code: str) -> str:
    try:
        value = ast.literal_eval(code) if code else None
    except (ValueError, SyntaxError):
        return ""
    if isinstance(value, tuple):
        return "list"
    name = type(value).__name__
    return name if name in _VALUES else ""
