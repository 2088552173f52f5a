"""Record what chosen functions were called with and what they gave back, as fingerprints.

Replaying the reference against a patch on the inputs the tests use finds answers that are only
right where a test looks: a hard-coded table, or an object that is equal to everything.
"""

from __future__ import annotations

import contextlib
import dis
import hashlib
import sys
from collections import deque
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import islice
from types import (
    BuiltinFunctionType,
    CodeType,
    FrameType,
    FunctionType,
    MemberDescriptorType,
    MethodType,
    ModuleType,
)
from typing import Any

import isolate

BLINDED = "::blinded"
"""Key that is present when something had taken the watching away by the end."""

RAISED = "raised"
"""Stands for the result of a call that raised."""

_LEAVING = frozenset(
    dis.opmap[name]
    for name in ("RETURN_VALUE", "RETURN_CONST", "RETURN_GENERATOR", "YIELD_VALUE")
    if name in dis.opmap
)
_CALLS = 400
_DEPTH = 6
_ITEMS = 200


@contextlib.contextmanager
def watching(functions: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Record calls of `functions` (`path`, `name`, both as in the tree) into the yielded dict.

    The dict maps ``path::name`` to a list of [fingerprint of the arguments, fingerprint of the
    result or `RAISED`, "outer" or "inner"], inner where another watched call was under way; at most
    400 calls of each function are kept. Nothing is watched when it is empty. Of a function with
    `values` set, what was given and what came back are kept as literals instead, empty where they
    are not of built-in types throughout.
    """
    calls: dict[str, Any] = {}
    if not functions:
        yield calls
        return
    wanted = {(f"{isolate.REPOSITORY}/{one['path']}", one["name"]) for one in functions}
    told = {f"{one['path']}::{one['name']}" for one in functions if one.get("values")}
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
            if key in told:
                given = literal(_arguments(frame, code, count))
            else:
                given = fingerprint([frame.f_locals.get(name) for name in names])
            entered[id(frame)] = (key, given, "inner" if entered else "outer")
        elif event == "return" and id(frame) in entered:
            key, given, where = entered.pop(id(frame))
            raised = result is None and _left_by_an_exception(frame)
            describe = literal if key in told else fingerprint
            calls[key].append([given, RAISED if raised else describe(result), where])

    sys.setprofile(profile)
    try:
        yield calls
    finally:
        if sys.getprofile() is not profile:
            calls[BLINDED] = []
        sys.setprofile(None)


def _left_by_an_exception(frame: FrameType) -> bool:
    """Whether a frame that reports a return of `None` stopped at no instruction that returns."""
    return frame.f_code.co_code[frame.f_lasti] not in _LEAVING


def literal(value: Any) -> str:
    """Return `value` as Python's own notation, if it can be read back from it; empty otherwise.

    Only for exact built-in types throughout, of at most 4,000 characters.
    """
    text = repr(value) if _is_plain(value, _DEPTH) else ""
    return text if len(text) <= _LONGEST else ""


_LONGEST = 4000
_WRITTEN = (int, bool, str, bytes, type(None))
_HOLDERS = (list, tuple, set, dict)


def _is_plain(value: Any, depth: int) -> bool:
    kind = type(value)
    if kind is float or kind is complex:
        return bool(value - value == 0)  # neither infinite nor not a number, which are no literals
    if _is_one_of(kind, _WRITTEN):
        return not (kind is str or kind is bytes) or len(value) <= _LONGEST
    if not _is_one_of(kind, _HOLDERS) or not depth or len(value) > _ITEMS:
        return False
    if kind is set and not value:
        return False  # its notation is a call
    if kind is dict and not all(_is_plain(key, depth - 1) for key in value):
        return False
    return all(_is_plain(one, depth - 1) for one in (value.values() if kind is dict else value))


def _arguments(frame: FrameType, code: CodeType, count: int) -> dict[str, Any]:
    """Return the arguments by name; those of ``*`` and ``**`` under names with stars."""
    given = {name: frame.f_locals.get(name) for name in code.co_varnames[:count]}
    for flag, star in ((0x04, "*"), (0x08, "**")):  # CO_VARARGS, CO_VARKEYWORDS
        if code.co_flags & flag:
            given[star] = frame.f_locals.get(code.co_varnames[count])
            count += 1
    given.pop("self", None)  # who a method is called on is hardly ever a literal
    return given


def fingerprint(value: Any) -> str:
    """Return a digest of `value` that no method of the value itself takes part in making.

    Built-in values are told by their exact type and content; others by their class, by what they
    hold as the built-in type they derive from, and by their attributes and slots; sets and
    dictionaries regardless of order; deep or large values are cut off. A class that goes by
    another's name is told from it.
    """
    text = isolate.as_usual(_describe(value, _DEPTH, set()))
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


_NAMED = (FunctionType, BuiltinFunctionType, MethodType)
_PLAIN = (
    *(int, float, complex, bool, str, bytes, bytearray, type(None), type(Ellipsis), range),
    *(Decimal, date, timedelta),
)
"""Types of the interpreter's own, whose `repr` nobody can replace, and tells all."""

_DAY = ("year", "month", "day")
_HOUR = ("hour", "minute", "second", "microsecond", "fold", "tzinfo")


def _reader(kind: type, names: tuple[str, ...]) -> Callable[[Any], Any]:
    """Return what reads attributes of a built-in type, whatever a derived class makes of them."""
    lineage = kind.__mro__
    slots = [next(one.__dict__[name] for one in lineage if name in one.__dict__) for name in names]
    return lambda value: [slot.__get__(value) for slot in slots]


_CONTENT: tuple[tuple[type, Callable[[Any], Any]], ...] = (
    (list, lambda value: ["list", list.__len__(value), *islice(list.__iter__(value), _ITEMS)]),
    (tuple, lambda value: ["tuple", tuple.__len__(value), *islice(tuple.__iter__(value), _ITEMS)]),
    (deque, lambda value: ["deque", deque.__len__(value), *islice(deque.__iter__(value), _ITEMS)]),
    (BaseException, _reader(BaseException, ("args",))),
    (datetime, _reader(datetime, (*_DAY, *_HOUR))),
    (date, _reader(date, _DAY)),
    (time, _reader(time, _HOUR)),
    (timedelta, _reader(timedelta, ("days", "seconds", "microseconds"))),
    *((kind, kind.__repr__) for kind in (int, float, complex, str, bytes, bytearray, Decimal)),
)
"""How to read what a value holds as the built-in that its class derives from."""


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
    lineage = type.__dict__["__mro__"].__get__(kind)
    if _is_one_of(type, lineage):
        return f"{name}:{_name_of(value)}"
    if _is_one_of(kind, _NAMED):
        return f"{name}:{value.__qualname__}"
    told = _unordered(value, lineage, depth, seen)
    if kind is set or kind is frozenset or kind is dict:
        return name + told
    held = [read(value) for base, read in _CONTENT if _is_one_of(base, lineage)][:1]
    parts = [part for part in (*held, _fields(value, lineage)) if part]
    return name + told + "".join(_describe(part, depth - 1, seen) for part in parts)


def _unordered(value: Any, lineage: tuple[type, ...], depth: int, seen: set[int]) -> str:
    """Describe what a set or dictionary holds; nothing is hashed or compared for it."""
    for base in (set, frozenset):
        if _is_one_of(base, lineage):
            items = islice(base.__iter__(value), _ITEMS)
            inner = sorted(_describe(item, depth - 1, seen) for item in items)
            return f"[{base.__len__(value)}:{','.join(inner)}]"
    if not _is_one_of(dict, lineage):
        return ""
    pairs = [
        f"{_describe(key, depth - 1, seen)}={_describe(item, depth - 1, seen)}"
        for key, item in islice(dict.items(value), _ITEMS)
    ]
    return f"[{dict.__len__(value)}:{','.join(sorted(pairs))}]"


def _fields(value: Any, lineage: tuple[type, ...]) -> dict[str, Any]:
    """Return the attributes: those of the instance's dictionary, and of its classes' slots."""
    found: dict[str, Any] = {}
    for kind in reversed(lineage):
        for name, slot in type.__dict__["__dict__"].__get__(kind).items():
            if type(slot) is MemberDescriptorType and slot.__objclass__ is kind:
                with contextlib.suppress(AttributeError):  # a slot that was never filled
                    found[name] = slot.__get__(value)
    with contextlib.suppress(AttributeError):
        found.update(object.__getattribute__(value, "__dict__"))
    return found


def _is_one_of(kind: type, kinds: tuple[type, ...]) -> bool:
    """Whether `kind` *is* one of `kinds`; a metaclass may call itself equal to all of them."""
    return any(kind is one for one in kinds)


def _name_of(kind: type) -> str:
    """Return a class's full name, with a mark where its module holds another under that name."""
    module = type.__dict__["__module__"].__get__(kind)
    name = type.__dict__["__qualname__"].__get__(kind)
    if type(module) is not str:
        return f"{name}?"
    return f"{module}.{name}{'' if _holder_of(module, name) is kind else '?'}"


def _holder_of(module: str, name: str) -> Any:
    """Return what stands under a qualified name, without asking any object's own methods."""
    found: Any = sys.modules.get(module)
    for part in name.split("."):
        if type(found) is ModuleType:
            found = object.__getattribute__(found, "__dict__").get(part)
        elif _is_one_of(type, type.__dict__["__mro__"].__get__(type(found))):
            found = type.__dict__["__dict__"].__get__(found).get(part)
        else:
            return None
    return found
