"""Near-duplicate functions, so that what was practised on is not in the exam under another name.

A function becomes the set of its shingles (runs of five tokens, without comments, docstrings and
layout), two functions are near-duplicates from a Jaccard similarity of 0.7. Names that the function
binds itself (its own name, parameters, variables) are replaced by their order of appearance *in the
shingle*: copies with renamed variables give equal shingles, and one name too many changes a few of
them, not all that follow. Names from outside (attributes, what it calls) are kept; they are what a
function is about, and without them all short functions look alike.

To find the pairs without comparing all with all: MinHash signatures (Broder 1997) of 128 hashes in
32 bands of 4 (Leskovec, Rajaraman and Ullman, *Mining of Massive Datasets*, ch. 3). A pair at the
threshold shares a band with chance ``1 - (1 - 0.7**4)**32`` = 0.9998; what shares one is compared
exactly, so hashing may (rarely) miss a pair and never invents one.
"""

from __future__ import annotations

import ast
import hashlib
import io
import itertools
import re
import tokenize
from collections import defaultdict
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from journeyman.syntax import parse

THRESHOLD = 0.7
SHINGLE = 5
BANDS, ROWS = 32, 4

Shingles = frozenset[tuple[str, ...]]

_SKIPPED = {tokenize.COMMENT, tokenize.NL, tokenize.ENCODING, tokenize.ENDMARKER}
_LAYOUT = {tokenize.NEWLINE: "\n", tokenize.INDENT: "{", tokenize.DEDENT: "}"}


def near_duplicates(
    functions: Mapping[str, str],
    threshold: float = THRESHOLD,
    shingle: Callable[[str], Shingles] | None = None,
) -> list[tuple[str, str]]:
    """Return the pairs of names (each in order, sorted) whose texts are near-duplicates.

    `functions` is name to source text, indented as in its file or not. Text that does not parse is
    compared with all its names kept. Equal texts are always found. `shingle` reads another language
    than Python.
    """
    read = shingle or shingles
    shingled = {name: read(functions[name]) for name in sorted(functions)}
    buckets: dict[tuple[int, bytes], list[str]] = defaultdict(list)
    for name, own in shingled.items():
        for band, rows in enumerate(_signature(own).reshape(BANDS, ROWS)):
            buckets[band, rows.tobytes()].append(name)
    candidates = {pair for names in buckets.values() for pair in itertools.combinations(names, 2)}
    return sorted(
        pair for pair in candidates if jaccard(shingled[pair[0]], shingled[pair[1]]) >= threshold
    )


def jaccard(left: Shingles, right: Shingles) -> float:
    """Return the size of the intersection over that of the union (1 for two empty sets)."""
    return len(left & right) / len(left | right) if left or right else 1.0


def shingles(text: str) -> Shingles:
    """Return the shingles of one function's source, its own names made anonymous."""
    return shingles_of(_tokens(text))


def shingles_of(tokens: list[str]) -> Shingles:
    """Return the shingles of a function's tokens, in which its own names begin with ``$``."""
    starts = range(max(1, len(tokens) - SHINGLE + 1))
    return frozenset(_anonymous(tokens[start : start + SHINGLE]) for start in starts)


def _anonymous(run: list[str]) -> tuple[str, ...]:
    """Replace the function's own names in a run of tokens by their order of appearance in it."""
    order: dict[str, str] = {}
    return tuple(
        order.setdefault(token, f"${len(order)}") if token.startswith("$") else token
        for token in run
    )


def _tokens(text: str) -> list[str]:
    """Return the tokens that matter, a name that the function binds as ``$name``."""
    for source in (text, f"if True:\n{text}"):  # a method's text is indented
        try:
            tree = parse(source)
            found = list(tokenize.generate_tokens(io.StringIO(source).readline))
        except (SyntaxError, ValueError, RecursionError, MemoryError, tokenize.TokenError):
            continue
        return _spelt(found, _docstring_starts(tree), _bound(tree))
    return re.findall(r"\w+|[^\w\s]", text)


def _spelt(
    found: list[tokenize.TokenInfo], docstrings: set[tuple[int, int]], bound: set[str]
) -> list[str]:
    """Return the tokens as strings; all string literals are one symbol, as a copy's texts differ.

    A name after a dot is an attribute, whatever else the function calls so.
    """
    spelt: list[str] = []
    for token in found:
        if token.type in _SKIPPED or token.start in docstrings:
            continue
        if token.type == tokenize.NEWLINE and spelt[-1:] in ([], ["\n"], ["{"]):
            continue  # the end of a docstring's line
        if token.type == tokenize.STRING:
            spelt.append('""')
        elif token.type == tokenize.NAME and token.string in bound and spelt[-1:] != ["."]:
            spelt.append(f"${token.string}")
        else:
            spelt.append(_LAYOUT.get(token.type, token.string))
    return spelt


def _docstring_starts(tree: ast.AST) -> set[tuple[int, int]]:
    """Return where the strings begin that stand alone as statements."""
    return {
        (node.lineno, node.col_offset)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    }


def _bound(tree: ast.AST) -> set[str]:
    """Return every name bound inside: functions, parameters, variables; not declared globals."""
    names: set[str] = set()
    outer: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.arg):
            names.add(node.arg)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.ExceptHandler) and node.name:
            names.add(node.name)
        elif isinstance(node, ast.Global):
            outer.update(node.names)
    return names - outer


def _signature(own: Shingles) -> NDArray[np.uint64]:
    """Return the 128 minima of multiply-shift hashes (Dietzfelbinger et al. 1997) of the shingles.

    Hashed by BLAKE2 and not by `hash`, which differs from process to process.
    """
    digests = b"".join(
        hashlib.blake2b("\0".join(shingle).encode(), digest_size=4).digest() for shingle in own
    )
    keys = np.frombuffer(digests, dtype="<u4").astype(np.uint64)
    hashed = _FACTORS[:, None] * keys[None, :] + _OFFSETS[:, None]  # modulo 2**64
    minima: NDArray[np.uint64] = (hashed >> np.uint64(32)).min(axis=1)
    return minima


def _constants(salt: int) -> NDArray[np.uint64]:
    """Return 128 fixed odd numbers, from BLAKE2 so that no NumPy release can change them."""
    digests = b"".join(
        hashlib.blake2b(f"minhash {salt} {index}".encode(), digest_size=8).digest()
        for index in range(BANDS * ROWS)
    )
    return np.frombuffer(digests, dtype="<u8").astype(np.uint64) | np.uint64(1)


_FACTORS, _OFFSETS = _constants(0), _constants(1)
