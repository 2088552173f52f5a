"""Precise definitions from a language server: where does the name used here come from.

An index by name knows that ``close`` is called here and that five functions have that name. A
language server knows which one is meant. `resolve` asks one about many places at once; `find` says
which server a machine has; `Client` speaks the protocol.
"""

from journeyman.understanding.precise.client import Answer, Client
from journeyman.understanding.precise.documents import Target
from journeyman.understanding.precise.resolve import Coverage, Resolved, Site, resolve
from journeyman.understanding.precise.servers import Found, find, why_not

__all__ = [
    "Answer",
    "Client",
    "Coverage",
    "Found",
    "Resolved",
    "Site",
    "Target",
    "find",
    "resolve",
    "why_not",
]
