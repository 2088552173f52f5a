"""Features of where a move is: suspiciousness, failing frames, how many moves share the place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from math import exp, log, log1p

from journeyman.agent.policy.apprentice.case import Case
from journeyman.agent.policy.apprentice.move import Move
from journeyman.understanding.spectrum import LineSpectrum

MEANINGS = {
    "ochiai": "suspiciousness (Ochiai) of the statement's most suspicious line",
    "ochiai top": "no line is more suspicious",
    "ochiai rank": "one over the rank of the line's suspiciousness",
    "failing share": "share of failing tests that executed the line",
    "passing": "logarithm of the passing tests that executed the line, over that of all",
    "only failing": "no passing test executed the line",
    "frame here": "share of failures raised on the statement itself",
    "frame in function": "share of failures raised in the same function",
    "frame near": "nearness to a failing frame of the same function",
    "crash here": "the statement raised something other than a failed assertion",
    "first of function": "logarithm of the statement's place in its function",
    "function lines": "logarithm of the suspicious lines in the same function",
    "moves on line": "logarithm of the number of moves on the line",
    "moves of kind": "logarithm of the number of moves of this kind",
    "moves of kind on line": "logarithm of the number of moves of this kind on the line",
    "on def": "the move is on the def itself",
}


class Place:
    """Counts once per case what the features of every move's place need."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._lines: dict[tuple[str, int], list[tuple[str, float]]] = {}
        self._on_line = Counter((move.path, move.line) for move in case.moves)
        self._of_kind = Counter(move.kind for move in case.moves)
        self._both = Counter((move.path, move.line, move.kind) for move in case.moves)
        scores = {one.score for lines in case.lines.values() for one in lines.values()}
        self._ranks = {score: rank for rank, score in enumerate(sorted(scores, reverse=True), 1)}
        self._frames: Counter[tuple[str, str]] = Counter()
        self._scopes = {
            (path, scope.qualified): scope
            for path, source in case.sources.items()
            for scope in source.scopes
        }
        for (path, line), count in case.clues.frames.items():
            for (where, name), scope in self._scopes.items():
                if where == path and scope.first <= line <= scope.last:
                    self._frames[path, name] += count

    def of(self, move: Move) -> Iterator[tuple[str, float]]:
        """Yield the features that are not zero."""
        key = (move.path, move.line)
        if key not in self._lines:
            self._lines[key] = list(self._of_line(move))
        yield from self._lines[key]
        yield "moves of kind", log(self._of_kind[move.kind])
        yield "moves of kind on line", log(self._both[move.path, move.line, move.kind])

    def _of_line(self, move: Move) -> Iterator[tuple[str, float]]:
        case = self._case
        lines = case.lines[move.path]
        scope = self._scopes[move.path, move.function]
        on_def = move.line <= scope.node.lineno
        last = scope.last if on_def else move.last
        taken = [lines[line] for line in range(move.line, last + 1) if line in lines]
        best = max(taken, key=lambda one: one.score, default=LineSpectrum(0, 0, 0.0))
        rank = self._ranks.get(best.score, 100)
        failing = max(1, len(case.clues.failing))
        yield "ochiai", best.score
        yield "ochiai top", float(rank == 1)
        yield "ochiai rank", 1.0 / rank
        yield "failing share", best.failing / failing
        yield "passing", log1p(best.passing) / log1p(max(1, case.passing))
        yield "only failing", float(best.passing == 0 and best.failing > 0)
        yield "moves on line", log(self._on_line[move.path, move.line])
        yield "first of function", log1p(move.line - scope.first)
        count = sum(scope.first <= line <= scope.last for line in lines)
        yield "function lines", log1p(count)
        yield "on def", float(on_def)
        yield from self._of_frames(move, failing)

    def _of_frames(self, move: Move, failing: int) -> Iterator[tuple[str, float]]:
        clues = self._case.clues
        inside = self._frames[move.path, move.function]
        if not inside:
            return
        frames = {line: n for (path, line), n in clues.frames.items() if path == move.path}
        here = sum(n for line, n in frames.items() if move.line <= line <= move.last)
        yield "frame in function", inside / failing
        yield "frame here", here / failing
        distance = min(abs(line - move.line) for line in frames)
        yield "frame near", exp(-distance / 3)
        yield "crash here", float(here > 0) * (1 - clues.errors.get("assertion", 0.0))
