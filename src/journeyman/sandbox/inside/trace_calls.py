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

import isolate

BLINDED = "::blinded"
"""Key that is present when something had taken the watching away by the end."""

_CALLS = 400
_DEPTH = 6
_ITEMS = 200


@contextlib.contextmanager
def watching(functions: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Record calls of `functions` (`path`, `name`, both as in the tree) into the yielded dict.

    The dict maps ``path::name`` to a list of [fingerprint of the arguments, fingerprint of the
    result, "outer" or "inner"], inner where another watched call was under way; at most 400 calls
    of each function are kept. Nothing is watched when it is empty.
    """
    calls: dict[str, Any] = {}
    if not functions:
        yield calls
        return
    wanted = {(f"{isolate.REPOSITORY}/{one['path']}", one["name"]) for one in functions}
    cut = len(isolate.REPOSITORY) + 1
    entered: dict[int, tuple[str, str, str]] = {}
    known: dict[CodeType, str] = {}

    def profile(frame: FrameType, event: str, result: Any) -> None:
        code = frame.f_code
        key = known.get(code)
        if key is None:
            file, name = code.co_filename, code.co_name
            key = f"{file[cut:]}::{name}" if (file, name) in wanted else ""
            known[code] = key
        if not key:
            return
        if event == "call" and len(calls.setdefault(key, [])) < _CALLS:
            count = code.co_argcount + code.co_kwonlyargcount
            names = code.co_varnames[:count]
            given = fingerprint([frame.f_locals.get(name) for name in names])
            entered[id(frame)] = (key, given, "inner" if entered else "outer")
        elif event == "return" and id(frame) in entered:
            key, given, where = entered.pop(id(frame))
            calls[key].append([given, fingerprint(result), where])

    sys.setprofile(profile)
    try:
        yield calls
    finally:
        if sys.getprofile() is not profile:
            calls[BLINDED] = []
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
    name = _name_of(kind)
    if _is_one_of(kind, _PLAIN):
        return f"{name}:{value!r}"
    if depth == 0 or id(value) in seen:
        return name
    seen = seen | {id(value)}
    if kind is list or kind is tuple:
        inner = [_describe(item, depth - 1, seen) for item in value[:_ITEMS]]
        return f"{name}[{len(value)}:{','.join(inner)}]"
    if kind is set or kind is frozenset:
        inner = sorted(_describe(item, depth - 1, seen) for item in list(value)[:_ITEMS])
        return f"{name}[{len(value)}:{','.join(inner)}]"
    if kind is dict:
        pairs = [
            f"{_describe(key, depth - 1, seen)}={_describe(item, depth - 1, seen)}"
            for key, item in list(value.items())[:_ITEMS]
        ]
        return f"{name}[{len(value)}:{','.join(sorted(pairs))}]"
    if _is_one_of(kind, _NAMED):
        return f"{name}:{value.__qualname__}"
    try:
        fields = object.__getattribute__(value, "__dict__")
    except AttributeError:
        return name
    return f"{name}{_describe(dict(fields), depth - 1, seen)}"


def _is_one_of(kind: type, kinds: tuple[type, ...]) -> bool:
    """Whether `kind` *is* one of `kinds`; a metaclass may call itself equal to all of them."""
    return any(kind is one for one in kinds)


def _name_of(kind: type) -> str:
    module = type.__dict__["__module__"].__get__(kind)
    name = type.__dict__["__qualname__"].__get__(kind)
    return f"{module}.{name}" if type(module) is str else name
