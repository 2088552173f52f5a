"""Hits packed into a budget: their lines, and what is known around them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from journeyman.understanding.index.corpus import rarity
from journeyman.understanding.index.index import Index
from journeyman.understanding.index.places import Place
from journeyman.understanding.search.facts import facts_of
from journeyman.understanding.search.region import BYTES_A_TOKEN, Region
from journeyman.understanding.search.reply import Reply, reply_from_facts, reply_from_model
from journeyman.understanding.search.search import Hit, Search, searcher
from journeyman.understanding.terms.words import terms_of, words_of

_LEAST_LINES = 6

_READER = ThreadPoolExecutor(max_workers=2)


def answer(
    index: Index, place: Place, question: str, *, most: int = 8, budget: int = 4000
) -> list[Region]:
    """Return the regions that answer a question, the best first, in about `budget` tokens."""
    search = searcher(index)
    hits = search.find(question, most)
    return list(pack(hits, search, place, budget))


def reply(
    index: Index,
    place: Place,
    question: str,
    *,
    budget: int = 6000,
    ask: Callable[[str], str] | None = None,
) -> Reply:
    """Answer a question in words; `ask` is a line to a chat model, if there is one."""
    search = searcher(index)
    passages = list(pack(search.find(question, 12), search, place, budget))
    if ask is not None and passages:
        return reply_from_model(question, passages, index.corpus.count, ask)
    return reply_from_facts(
        question, passages, [said_in(one, question, search) for one in passages], index.corpus.count
    )


def said_in(region: Region, question: str, search: Search) -> float:
    """Return the share, by rarity, of the question's words that a region or its path says."""
    corpus = search.index.corpus
    weights = {
        term: rarity(corpus.spread(term), corpus.count)
        for word in words_of(question)
        for term in terms_of(word)
    }
    text = f"{region.path} {region.symbol} {region.code}".replace("/", " ")
    here = {term for word in words_of(text) for term in terms_of(word)}
    whole = sum(weights.values())
    return sum(weight for term, weight in weights.items() if term in here) / whole if whole else 0.0


def pack(hits: Sequence[Hit], search: Search, place: Place, budget: int) -> Iterator[Region]:
    """Yield hits with their lines until the budget is spent; the last may be cut."""
    versions = _versions(list(dict.fromkeys(hit.path for hit in hits)), search.index)
    # Git is a process of its own: what is known around the hits is gathered while it reads.
    reading = _READER.submit(lambda: list(place.read(versions)))
    around = [facts_of(hit, search.graph, search.index.memory) for hit in hits]
    texts = {
        path: raw.decode("utf-8", "replace").split("\n")
        for (path, _), raw in zip(versions, reading.result(), strict=True)
    }
    left = float(budget)
    for hit, facts in zip(hits, around, strict=True):
        left -= len("\n".join(facts.lines())) / BYTES_A_TOKEN + 20
        lines: list[str] = []
        for line in texts[hit.path][hit.first - 1 : hit.last]:
            cost = (len(line) + 10) / BYTES_A_TOKEN
            if left < cost and len(lines) >= min(_LEAST_LINES, hit.last - hit.first + 1):
                break
            left -= cost
            lines.append(line)
        code = "\n".join(lines)
        yield Region(
            path=hit.path,
            first=hit.first,
            last=hit.first + max(0, len(lines) - 1),
            score=round(hit.score, 4),
            category=hit.category,
            symbol=hit.symbol.qualified if hit.symbol else "",
            header=hit.symbol.header if hit.symbol else "",
            doc=hit.symbol.doc if hit.symbol else "",
            code=code,
            facts=facts,
            why=hit.why,
            tokens=int(len(code) / BYTES_A_TOKEN),
        )
        if left <= 0:
            return


def _versions(paths: Sequence[str], index: Index) -> list[tuple[str, str]]:
    """Return the versions of files."""
    marks = ", ".join("?" * len(paths))
    rows = index.store.query(f"SELECT path, version FROM file WHERE path IN ({marks})", paths)
    return [(str(path), str(version)) for path, version in rows]
