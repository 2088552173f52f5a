"""The words of a task from history: the message, the issue where it is given, else the tests' own.

What is said must not be the answer: diffs go, and so does every line of code that the fix adds.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from journeyman.errors import SettingsError
from journeyman.records import TestResult
from journeyman.tasks.history.candidate import Candidate
from journeyman.tasks.statement import from_failures

MOST_CHARACTERS = 6000
TELLING_WORDS = 4
"""A message with fewer words than this, besides "fix" and numbers, does not say what is wrong."""

_FENCE = re.compile(r"^[ \t]*(```|~~~).*?^[ \t]*\1[ \t]*$", re.MULTILINE | re.DOTALL)
_DIFF = re.compile(
    r"^([+-](?![+-]).*|@@ .* @@.*|diff --git .*|(\+\+\+|---) \S.*|index \w+\.\.\w+.*)$"
)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_EMPTY_WORDS = {
    *("fix", "fixes", "fixed", "fixing", "bug", "bugs", "issue", "issues", "close", "closes"),
    *("the", "resolve", "resolves", "for", "in", "of", "to", "and", "a", "an", "add", "tests"),
    *("test", "see", "gh", "pr", "merge", "pull", "request", "from", "with", "on", "by", "some"),
    *("minor", "small"),
}


@dataclass(frozen=True)
class Discussions:
    """Issues and pull requests that the user supplies, as files named by their number.

    ``123.md`` or ``123.txt`` is the text as it is; ``123.json`` is what GitHub's API or
    ``gh issue view 123 --json title,body`` gives. Comments are not used: they hold answers.
    """

    folder: Path | None

    def text(self, number: int) -> str:
        """Return what is there about issue or pull request `number`; empty for nothing.

        Raises:
            SettingsError: A file cannot be read, or is not such JSON.
        """
        path = self._files.get(str(number))
        if path is None:
            return ""
        try:
            content = path.read_text("utf-8")
            return _from_json(json.loads(content)) if path.suffix == ".json" else content.strip()
        except (OSError, ValueError, TypeError, AttributeError) as error:
            raise SettingsError(
                f"{path}: cannot be read as an issue: {error}",
                "Save it as text (123.md), or as JSON with the keys title and body (123.json).",
            ) from None

    def check(self) -> None:
        """Raise `SettingsError` where the folder is not there."""
        assert self._files is not None

    @cached_property
    def _files(self) -> dict[str, Path]:
        if self.folder is None:
            return {}
        if not self.folder.is_dir():
            raise SettingsError(
                f"{self.folder}: there is no such folder",
                "Correct history.issues, or leave it out.",
            )
        kinds = (".md", ".txt", ".json")
        files = [path for path in sorted(self.folder.iterdir()) if path.suffix in kinds]
        return {match[1]: p for p in files if (match := re.search(r"(\d+)$", p.stem))}


@dataclass(frozen=True)
class Writer:
    """Makes statements: `words` of the questions."""

    discussions: Discussions

    def __call__(
        self, candidate: Candidate, added: Sequence[str], told: Sequence[tuple[str, str]]
    ) -> tuple[str, tuple[str, ...]]:
        """Return the statement, and labels that say what it is made of."""
        message = candidate.message
        answer = frozenset(map(_plain, added)) - {""}
        parts = [message.title, message.body] if message.title else [message.body]
        said = "\n\n".join(part for part in parts if part)
        labels = {"words: commit message"}
        found = [self.discussions.text(number) for number in message.issues]
        if any(found):
            labels.add("words: issue")
        text, cut = _without_answer("\n\n".join([said, *(one for one in found if one)]), answer)
        if cut:
            labels.add("words: code of the fix taken out")
        if is_thin(text):
            labels.add("words: failing tests")
            text = f"{text}\n\n{_from_tests(told)}".strip()
        return text[:MOST_CHARACTERS], tuple(sorted(labels))


def is_thin(text: str) -> bool:
    """Whether a statement is too short to say what is wrong."""
    words = re.findall(r"[A-Za-z_][\w.]+", re.sub(r"\S*#\d+|https?://\S+", " ", text))
    return len([word for word in words if word.lower() not in _EMPTY_WORDS]) < TELLING_WORDS


def _from_tests(told: Sequence[tuple[str, str]]) -> str:
    return from_failures(
        [TestResult(id=test, outcome="failed", message=said[:600]) for test, said in told]
    )


def _without_answer(text: str, answer: frozenset[str]) -> tuple[str, bool]:
    """Return `text` without diffs and without lines of `answer`, and whether there were any."""
    text = _COMMENT.sub("", text.replace("\r\n", "\n"))
    cut = False

    def judged(match: re.Match[str]) -> str:
        nonlocal cut
        block = match[0].splitlines()
        if "diff" in block[0] or any(_DIFF.match(line) for line in block if line[:2] == "@@"):
            cut = True
            return ""
        return match[0]

    text = _FENCE.sub(judged, text)
    kept = []
    patch = any(line.startswith(("diff --git ", "@@ ")) for line in text.splitlines())
    for line in text.splitlines():
        if (patch and _DIFF.match(line)) or _plain(line.lstrip("+> ")) in answer:
            cut = True
        else:
            kept.append(line)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip(), cut


def _plain(line: str) -> str:
    """Return a line of code for comparison; empty for one that says nothing, or is a sentence."""
    bare = re.sub(r"\s+", "", line)
    telling = len(bare) >= 12 and re.search(r"[=()\[\]:]", bare) and not bare.startswith("#")
    return bare if telling else ""


def _from_json(data: Any) -> str:
    one = data[0] if isinstance(data, list) and data else data
    title, body = one.get("title") or "", one.get("body") or ""
    if not isinstance(title, str) or not isinstance(body, str):
        raise TypeError("title and body have to be texts")
    return "\n\n".join(part for part in (title.strip(), body.strip()) if part)
