"""Learn how to rank from a repository's own past, and say how well that works there."""

from __future__ import annotations

import json
from dataclasses import dataclass

from journeyman.errors import UserError
from journeyman.pipeline.understand import Understood
from journeyman.progress import Progress
from journeyman.understanding.index.crew import Crew
from journeyman.understanding.past.memory import Memory
from journeyman.understanding.search.lessons import Recall, lessons, questions, recall
from journeyman.understanding.search.weights import Weights, learn, shipped

CHECKED = 0.4
"""The share of lessons, the newest, that weights are checked on and not learnt from."""

FEWEST = 20


@dataclass(frozen=True)
class Learnt:
    """What was learnt: recall on the newer lessons by BM25 of bodies alone, by the weights that
    come with Journeyman, and by those learnt on the older lessons; `kept` says whether weights
    learnt on all lessons are used from now on."""

    older: int
    bm25: Recall
    shipped: Recall
    own: Recall
    kept: bool
    weights: Weights


def learn_to_rank(
    known: Understood, *, most: int = 400, workers: int = 2, progress: Progress | None = None
) -> Learnt:
    """Learn from the newest commits, at most `most`, and remember it in the index.

    Weights are learnt on the older ones and checked on the newer; only where they find no less
    there are those of all lessons kept, else the shipped ones stay.

    Raises:
        UserError: There is no history, or too little of it to learn from.
    """
    keeper = known.index.history_log()
    if known.git is None or not keeper:
        raise UserError(
            f"{known.name} has no history to learn from", "Search works without; see --explain."
        )
    asked = questions(keeper, most)
    memory: Memory | None = known.index.memory
    if memory is None or len(asked) < FEWEST:
        raise UserError(
            f"{known.name} has {len(asked)} commits that change code; {FEWEST} are needed",
            "The weights that come with Journeyman are used meanwhile.",
        )
    with Crew(workers) as crew:
        found = list(lessons(known.git, keeper, memory, asked, known.index.model, crew, progress))
    older = found[: int(len(found) * (1 - CHECKED))]
    newer = found[len(older) :]
    own = learn([one.example() for one in older], shipped())
    measured = Learnt(
        older=len(older),
        bm25=recall([one.rank() for one in newer]),
        shipped=recall([one.rank(shipped()) for one in newer]),
        own=recall([one.rank(own) for one in newer]),
        kept=False,
        weights=shipped(),
    )
    kept = sum(measured.own.hits) >= sum(measured.shipped.hits)
    weights = learn([one.example() for one in found], shipped()) if kept else shipped()
    with known.index.store.step():
        known.index.store.put("weights", weights.to_json())
        used = measured.own if kept else measured.shipped
        known.index.store.put("recall", json.dumps(used._asdict()))
    return Learnt(measured.older, measured.bm25, measured.shipped, measured.own, kept, weights)
