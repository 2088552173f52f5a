"""Record what chosen functions were called with and what they gave back, as fingerprints.

Replaying the reference against a patch on the inputs the tests use finds answers that are only
right where a test looks: a hard-coded table, or an object that is equal to everything.
"""

from __future__ import annotations

import contextlib
import hashlib
import sys
from collections.abc import Iterator
from types import BuiltinFunctionType, CodeType, FrameType, FunctionType, MethodType
from typing import Any

_CALLS = 400
_DEPTH = 6
_ITEMS = 200


@contextlib.contextmanager
def watching(functions: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Record calls of `functions` (`path`, `name`, both as in the tree) into the yielded dict.

    The dict maps ``path::name`` to a list of [fingerprint of the arguments, fingerprint of the
    result]; at most 400 calls of each function are kept. Nothing is watched when it is empty.
    """
    calls: dict[str, Any] = {}
    if not functions:
        yield calls
        return
    wanted = {(f"/repo/{item['path']}", item["name"]) for item in functions}
    entered: dict[int, tuple[str, str]] = {}
    known: dict[CodeType, str] = {}

    def profile(frame: FrameType, event: str, result: Any) -> None:
        code = frame.f_code
        key = known.get(code)
        if key is None:
            file, name = code.co_filename, code.co_name
            key = f"{file[6:]}::{name}" if (file, name) in wanted else ""
            known[code] = key
        if not key:
            return
        if event == "call" and len(calls.setdefault(key, [])) < _CALLS:
            count = code.co_argcount + code.co_kwonlyargcount
            names = code.co_varnames[:count]
            entered[id(frame)] = (key, fingerprint([frame.f_locals.get(name) for name in names]))
        elif event == "return" and id(frame) in entered:
            key, given = entered.pop(id(frame))
            calls[key].append([given, fingerprint(result)])

    sys.setprofile(profile)
    try:
        yield calls
    finally:
        sys.setprofile(None)


def fingerprint(value: Any) -> str:
    """Return a digest of `value` that no method of the value itself takes part in making.

    Built-in values are told by their exact type and content, others by their class's name and
    attributes; sets and dictionaries regardless of order; deep or large values are cut off.
    """
    text = _describe(value, _DEPTH, set())
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


_NAMED = (type, FunctionType, BuiltinFunctionType, MethodType)
_PLAIN = (int, float, complex, bool, str, bytes, type(None), type(Ellipsis), range)


def _describe(value: Any, depth: int, seen: set[int]) -> str:
    kind = type(value)
    name = f"{kind.__module__}.{kind.__qualname__}"
    if kind in _PLAIN:
        return f"{name}:{value!r}"
    if depth == 0 or id(value) in seen:
        return name
    seen = seen | {id(value)}
    if kind in (list, tuple):
        inner = [_describe(item, depth - 1, seen) for item in value[:_ITEMS]]
        return f"{name}[{len(value)}:{','.join(inner)}]"
    if kind in (set, frozenset):
        inner = sorted(_describe(item, depth - 1, seen) for item in list(value)[:_ITEMS])
        return f"{name}[{len(value)}:{','.join(inner)}]"
    if kind is dict:
        pairs = [
            f"{_describe(key, depth - 1, seen)}={_describe(item, depth - 1, seen)}"
            for key, item in list(value.items())[:_ITEMS]
        ]
        return f"{name}[{len(value)}:{','.join(sorted(pairs))}]"
    if kind in _NAMED:
        return f"{name}:{value.__qualname__}"
    try:
        fields = object.__getattribute__(value, "__dict__")
    except AttributeError:
        return name
    return f"{name}{_describe(dict(fields), depth - 1, seen)}"
