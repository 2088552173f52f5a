"""tantivy's BM25 over whole files, kept at the states that search is asked of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from journeyman.repository.git import Git
from journeyman.understanding.index.record import FileRecord
from journeyman.understanding.search.walk import State
from journeyman.understanding.terms.words import parts_of, words_of


class Tantivy:
    """An index in memory of files' words, split and stemmed as ours are, one document a file.

    Raises:
        ImportError: The package `tantivy` is not installed.
    """

    def __init__(self, git: Git) -> None:
        import tantivy

        self._package = tantivy
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("path", stored=True, tokenizer_name="raw")
        builder.add_text_field("body", stored=False, tokenizer_name="whitespace")
        self._index: Any = tantivy.Index(builder.build())
        self._git = git
        self._held: dict[str, FileRecord] = {}

    def at(self, state: State) -> None:
        """Move on to a state."""
        changed = [path for path, one in state.files.items() if self._held.get(path) is not one]
        gone = self._held.keys() - state.files.keys()
        if not changed and not gone:
            return
        writer = self._index.writer()
        for path in [*changed, *gone]:
            writer.delete_documents("path", path)
            self._held.pop(path, None)
        for path, text in zip(changed, self._texts(state, changed), strict=True):
            writer.add_document(self._package.Document(path=path, body=_split(text)))
            self._held[path] = state.files[path]
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()

    def rank(self, question: str, right: Mapping[str, bool]) -> int:
        """Return how many files come before the first right one."""
        words = _split(question).replace('"', " ")
        if not words:
            return len(right)
        query, _ = self._index.parse_query_lenient(words, ["body"])
        searcher = self._index.searcher()
        for place, (_, address) in enumerate(searcher.search(query, 1000).hits):
            if right.get(searcher.doc(address)["path"][0]):
                return place
        return len(right)

    def _texts(self, state: State, paths: list[str]) -> list[str]:
        listing = self._git.run("ls-tree", "-r", "-z", "--full-tree", state.parent).split(b"\0")
        names = {}
        for line in listing[:-1]:
            about, _, path = line.partition(b"\t")
            names[path.decode("utf-8", "backslashreplace")] = about.split()[2].decode()
        objects = self._git.objects([names[path] for path in paths])
        return [raw.decode("utf-8", "replace") for raw in objects]


def _split(text: str) -> str:
    return " ".join(part for word in words_of(text) for part in parts_of(word))
