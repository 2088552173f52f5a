"""C and C++ without the macros that a grammar cannot see through, each character in its place."""

from __future__ import annotations

import re

_MACRO = rb"[A-Z][A-Z0-9]*_[A-Z0-9_]+|[A-Z]{2,}API"
_CALLED = rb"(?:\((?:[^()\n]|\([^()\n]*\))*\))?"

_SHOUTED = re.compile(
    # class EXPORT Shop {
    rb"\b(?:class|struct|union|enum)[ \t]+(?P<attribute>(?:[A-Z][A-Z0-9_]{2,}%b[ \t]+)+)"
    rb"(?=[A-Za-z_][\w:]*(?:<[^<>;{}]*>)?\s*(?:final\s*)?(?:\{|:(?!:)))"
    # NAMESPACE_BEGIN
    rb"|^(?P<line>(?:%b)%b)(?=[ \t]*\r?$(?!\s*\{))"
    # EXPORT auto shop(
    rb"|^[ \t]*(?:(?:static|inline|extern|virtual|constexpr|explicit|friend)[ \t]+"
    rb"|template[ \t]*<[^;{}()\n]*>[ \t]*)*(?P<specifier>(?:(?:%b)%b[ \t]+)+)"
    rb"(?=(?:[A-Za-z_][\w:]*(?:<[^;{}()\n]*>)?[ \t*&]+)+[\w:~]+[ \t]*\()"
    % (_CALLED, _MACRO, _CALLED, _MACRO, _CALLED),
    re.M,
)


_HAS_INCLUDE = re.compile(rb"\b\w*(?i:has_include)\w*\s*\(\s*<[^>\n]*>\s*\)")
_LOOP = re.compile(
    rb"(?<![\w.:>])(?i:\w{0,40}for_?each)\w{0,40}"
    rb"(?=[ \t]*\([^;{}\[\]]{0,300}\)[ \t]*\r?\n?[ \t]*\{)"
)
_CPLUSPLUS = re.compile(
    rb"^[ \t]*(?:template[ \t]*<|(?:inline[ \t]+)?namespace\b[^;=()\n]*\{"
    rb"|using[ \t]+[\w:]+[ \t]*[=;]|class[ \t]+\w+[^;()]*\{"
    rb"|(?:public|private|protected)[ \t]*:[ \t]*\r?$)",
    re.M,
)


def is_cplusplus(text: bytes) -> bool:
    """Whether a file that is C by its name, as headers of both are, has lines only C++ has."""
    return _CPLUSPLUS.search(text) is not None


def without_macros(text: bytes) -> bytes:
    """Return the text with spaces in the place of macros that stand for attributes and the like.

    A guess by their looks: words in capitals, alone on a line, or where only a specifier can be.
    What asks for a header is true; a
    loop is one that does not end.
    """
    text = _LOOP.sub(lambda found: b"while".ljust(len(found[0])), text)
    text = _HAS_INCLUDE.sub(lambda found: b"1".ljust(len(found[0])), text)
    return _SHOUTED.sub(_blanked, text)


def _blanked(found: re.Match[bytes]) -> bytes:
    start, end = found.span(found.lastgroup or 0)
    start, end = start - found.start(), end - found.start()
    return found[0][:start] + b" " * (end - start) + found[0][end:]
