"""How long a repository takes to be known: all of it, one file of it, one question.

    python benchmarks/indexing.py REPOSITORY … [--workers 2] [--questions 200] [--edits 20]

For each bare repository: a full index (files, symbols, references, words, vectors, history) in a
new folder, beside the same run's bare parts in one process: Git printing every file, tree-sitter
parsing every file of code, Git printing the log. Then a folder with the same files, in which one
file at a time is changed and the index brought up to date, the process that reads being there
already; and commit subjects as questions through the whole of search, facts and lines included.
Aims for a million lines on two cores: 30 s and 1.5 GB; 150 ms; p50 20 ms and p95 60 ms.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import tempfile
import threading
import time
from pathlib import Path

from journeyman.understanding.index.index import Index
from journeyman.understanding.index.places import AtCommit, InFolder, place_of
from journeyman.understanding.parsing.languages import grammar, is_code, language_of
from journeyman.understanding.search.answer import answer
from timing import descendants, machine, resident_mib


def main() -> None:
    """Measure each repository."""
    options = _options()
    print(machine())
    for repository in options.repositories:
        with tempfile.TemporaryDirectory() as folder:
            measure(repository, Path(folder), options)


def measure(repository: str, folder: Path, options: argparse.Namespace) -> None:
    """Print what one repository takes."""
    place, git = place_of(repository)
    if not isinstance(place, AtCommit) or git is None:
        raise SystemExit(f"{repository} is no bare repository")
    parts = bare_parts(place)
    with Peak() as peak, Index(folder / "index") as index:
        update = index.bring_up_to_date(place, git, workers=options.workers)
        _ = index.corpus, index.memory
        ((lines, files),) = index.store.query("SELECT sum(lines), count(*) FROM file")
        ((symbols,),) = index.store.query("SELECT count(*) FROM symbol")
        ((uses,),) = index.store.query("SELECT count(*) FROM reference")
        subjects = [one.subject for one in index.history_log()[-options.questions :]]
        asked = _asked(index, place, subjects)
    count = int(str(lines))
    size = sum(one.stat().st_size for one in (folder / "index").rglob("*") if one.is_file())
    rate = 1e6 * update.seconds / count
    print(f"\n{repository}: {count:,} lines, {files:,} files, {symbols:,} symbols, {uses:,} uses")
    print(f"  full index {update.seconds:.1f} s, {rate:.1f} s a million lines;")
    print(f"  memory of all processes at most {peak.mib:.0f} MiB; {size / 2**20:.0f} MiB on disk")
    told = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in parts.items())
    print(f"  bare parts in one process: {told}; together {sum(parts.values()):.1f} s,")
    print(f"  the index takes {update.seconds / sum(parts.values()):.2f} times that")
    print(f"  a question: {_spread(asked)}")
    edited = _edits(git.directory, place.commit, folder, options)
    print(f"  one changed file: {_spread(edited)}")


def bare_parts(place: AtCommit) -> dict[str, float]:
    """Return the seconds of what cannot be left out, each by itself and once."""
    import tree_sitter

    files = sorted(place.files().items())
    started = time.perf_counter()
    texts = list(place.read(files))
    printed = time.perf_counter()
    for (path, _), text in zip(files, texts, strict=True):
        language = language_of(path)
        if is_code(language) and len(text) <= 1 << 20:
            tree_sitter.Parser(grammar(language)).parse(text)
    parsed = time.perf_counter()
    place.git.run("log", "--no-merges", "--name-status", "-M70%", "--format=%H%at%aN%s%b", "HEAD")
    return {
        "git printing files": printed - started,
        "tree-sitter": parsed - printed,
        "git log": time.perf_counter() - parsed,
    }


def _asked(index: Index, place: AtCommit, subjects: list[str]) -> list[float]:
    answer(index, place, subjects[0])
    seconds = []
    for subject in subjects:
        started = time.perf_counter()
        answer(index, place, subject, most=10)
        seconds.append(time.perf_counter() - started)
    return seconds


def _edits(git: Path, commit: str, folder: Path, options: argparse.Namespace) -> list[float]:
    tree = folder / "tree"
    tree.mkdir()
    archive = subprocess.run(
        ["git", "--git-dir", str(git), "archive", commit], check=True, capture_output=True
    )
    subprocess.run(["tar", "-x", "-C", str(tree)], input=archive.stdout, check=True)
    seconds = []
    with Index(folder / "edited") as index:
        index.bring_up_to_date(InFolder(tree), workers=options.workers)
        paths = [str(row[0]) for row in index.store.query(
            "SELECT path FROM file WHERE category = 'code' ORDER BY path"
        )]  # fmt: skip
        _ = index.corpus
        for path in paths[:: max(1, len(paths) // options.edits)][: options.edits + 1]:
            with (tree / path).open("a") as file:
                file.write("\n\n# another word\n")
            started = time.perf_counter()
            index.bring_up_to_date(InFolder(tree), workers=1)
            seconds.append(time.perf_counter() - started)
    return seconds[1:]


def _spread(seconds: list[float]) -> str:
    ordered = sorted(1000 * one for one in seconds)
    p95 = ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
    return f"p50 {statistics.median(ordered):.0f} ms, p95 {p95:.0f} ms, of {len(ordered)}"


class Peak:
    """The most memory that this process and those below it held together, sampled."""

    mib = 0.0

    def __enter__(self) -> Peak:
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._done.wait(0.2):
            pids = [os.getpid(), *descendants(os.getpid())]
            self.mib = max(self.mib, sum(map(resident_mib, pids)))
        self.mib = max(self.mib, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("repositories", nargs="+")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--edits", type=int, default=20)
    return parser.parse_args()


if __name__ == "__main__":
    main()
