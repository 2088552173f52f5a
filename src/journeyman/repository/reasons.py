"""Why tests of a repository judge nothing here, in words for the one who owns it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from journeyman.records.baseline import Baseline

NETWORK = "need the network"
_SHOWN = 3

_REASONS = (
    (
        "need a database",
        r"psycopg|pymysql|MySQLdb|mysql\.connector|asyncpg|pymongo|ServerSelectionTimeout|"
        r"redis\.|OperationalError|could not connect to server|cx_Oracle|"
        r":(?:5432|3306|6379|27017)\b",
    ),
    (
        NETWORK,
        r"[Nn]ame resolution|Name or service not known|getaddrinfo|Network is unreachable|"
        r"Connection refused|ConnectionRefusedError|ConnectionError|ConnectError|URLError|"
        r"Max retries exceeded|gaierror|Failed to establish a new connection",
    ),
    ("need a package that is not installed", r"ModuleNotFoundError|No module named"),
    ("need a display", r"cannot open display|no display name|TclError"),
    (
        "need a program that is not here",
        r"FileNotFoundError: \[Errno 2\] No such file or directory: '[\w.+-]+'",
    ),
)
_PATTERNS = tuple((words, re.compile(pattern)) for words, pattern in _REASONS)
OTHERWISE = "fail for reasons of their own"


def reason(message: str) -> str:
    """Return why a test with this message fails, as what such tests do ("need a database")."""
    return next((words for words, pattern in _PATTERNS if pattern.search(message)), OTHERWISE)


def notes(baseline: Baseline) -> list[str]:
    """Return what the owner should know of the suite: a line for each kind of test left out."""
    found = []
    if baseline.collected:
        used = sum(baseline.counts.values())
        found.append(
            f"the suite does not end in time: {used} of its {baseline.collected} tests are used, "
            "some of every file (tests.timeout_s allows more)"
        )
    kinds: dict[str, list[str]] = {}
    for test, message in sorted(baseline.failing.items()):
        kinds.setdefault(reason(message), []).append(test)
    if baseline.flaky:
        kinds["do not do the same every time"] = list(baseline.flaky)
    if baseline.ordered:
        kinds["fail unless others ran before them"] = list(baseline.ordered)
    found += [
        f"judging nothing, {_count(tests)} {why}: {_some(tests)}" for why, tests in kinds.items()
    ]
    return found


def _count(tests: list[str]) -> str:
    return f"{len(tests)} that"


def _some(tests: Iterable[str]) -> str:
    names = list(tests)
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
