"""Bulk definitions: what is kept, what is skipped, and what is said about both."""

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from journeyman.errors import LanguageServerError
from journeyman.understanding.precise import Found, Resolved, Site, Target, resolve
from journeyman.understanding.precise.resolve import BATCH_FILES, RESTARTS

Fake = Callable[[str], Found]
ANSWER_HERE = "initialize(positionEncoding='utf-8')\nserve(lambda params, text: here(params))\n"


def test_each_site_is_asked_about_and_answered(fake: Fake, folder: Path) -> None:
    sites = call_files(folder, 40)
    found = resolve(folder, "python", sites, fake(ANSWER_HERE))
    assert set(found.targets) == set(sites)
    assert found.targets["m7.py"] == {Site(1, 0, "call"): (Target("m7.py", 1, 0),)}
    assert (found.server, found.skipped) == ("fake 1", {})
    assert found.coverage[:6] == (40, 40, 40, 0, 0, 0)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_columns_are_characters_on_both_ways(fake: Fake, folder: Path, encoding: str) -> None:
    (folder / "a.py").write_text("# é\n𝒜é = '𝒜é'; call()\n")
    column = "𝒜é = '𝒜é'; call()".index("call")
    script = f"""
initialize(positionEncoding='{encoding}')
def answer(params, text):  # back to where it was asked, if that is where `call` stands
    place = params["position"]
    line = text.split("\\n")[place["line"]].encode("{encoding}" + "-le" * ("16" in "{encoding}"))
    size = 2 if "16" in "{encoding}" else 1
    before = line[: place["character"] * size].decode("{encoding}".replace("16", "16-le"))
    return here(params, **place) if before.endswith("; ") else None
serve(answer)
"""
    site = Site(2, column, "call")
    found = resolve(folder, "python", {"a.py": [site]}, fake(script))
    assert found.targets == {"a.py": {site: (Target("a.py", 2, column),)}}


def test_all_shapes_of_answers_are_understood(fake: Fake, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere.py").write_text("é = 1\n")
    (folder / "a.py").write_text("one two link nothing none outside made_up wrong refused\n")
    names = (folder / "a.py").read_text().split()
    text = (folder / "a.py").read_text()
    script = f"""
initialize()
elsewhere = {(tmp_path / "elsewhere.py").as_uri()!r}
while True:
    message = read()
    if message.get("method") != "textDocument/definition":
        continue
    params = message["params"]
    name = next(iter(documents.values()))[params["position"]["character"]:].split()[0]
    place, start = here(params), {{"line": 0, "character": 4}}
    link = {{"targetUri": place["uri"], "targetRange": place["range"],
             "targetSelectionRange": {{"start": start, "end": start}}}}
    answers = {{
        "one": place, "two": [place, here(params, 0, 4), place], "link": [link], "nothing": [],
        "none": None, "outside": [{{**place, "uri": elsewhere}}],
        "made_up": {{**place, "uri": "jar:somewhere"}}, "wrong": [{{"uri": 1}}]}}
    if name == "refused":
        write(id=message["id"], error={{"code": 1, "message": "no"}})
    else:
        write(id=message["id"], result=answers[name])
"""
    sites = [Site(1, text.index(name), name) for name in names]
    found = resolve(folder, "python", {"a.py": sites}, fake(script))
    here = Target("a.py", 1, 0)
    assert {site.name: targets for site, targets in found.targets["a.py"].items()} == {
        "one": (here,),
        "two": (here, Target("a.py", 1, 4)),
        "link": (Target("a.py", 1, 4),),
        "nothing": (),
        "none": (),
        "outside": (Target(None, 1, 0),),
        "made_up": (Target(None, 1, 0),),
    }
    coverage = found.coverage
    assert (coverage.asked, coverage.answered) == (9, 7)
    assert (coverage.inside, coverage.outside, coverage.unresolved) == (3, 2, 2)
    assert coverage.seconds > 0


def test_a_site_where_another_text_stands_is_stale_and_not_asked(fake: Fake, folder: Path) -> None:
    (folder / "a.py").write_text("call()\n")
    stale = [Site(1, 1, "call"), Site(9, 0, "call"), Site(0, 0, "call"), Site(1, -2, "()")]
    sites = {"a.py": [Site(1, 0, "call"), *stale]}
    found = resolve(folder, "python", sites, fake(ANSWER_HERE))
    assert list(found.targets["a.py"]) == [Site(1, 0, "call")]
    assert found.coverage.stale == 4


def test_files_that_cannot_be_sent_are_skipped_with_the_reason(
    fake: Fake, folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "secret.py").write_text("call()\n")
    (folder / "link.py").symlink_to(tmp_path / "secret.py")
    (folder / "binary.py").write_bytes(b"call()\xff")
    (folder / "latin.py").write_bytes("# coding: latin-1\né = call()\n".encode("latin-1"))
    (folder / "large.py").write_text("call()\n" + "#" * 5_000_000)
    os.mkfifo(folder / "pipe.py")
    site = Site(1, 0, "call")
    names = ("link.py", "../secret.py", "binary.py", "large.py", "pipe.py", "gone.py")
    sites = {**{name: [site] for name in names}, "latin.py": [Site(2, 4, "call")]}
    found = resolve(folder, "python", sites, fake(ANSWER_HERE))
    assert set(found.targets) == {"latin.py"}
    assert found.skipped == {
        "link.py": "it lies outside of the folder",
        "../secret.py": "it lies outside of the folder",
        "binary.py": "it is not text in the encoding it declares",
        "large.py": "it is larger than 4,194,304 bytes",
        "pipe.py": "it is not a file",
        "gone.py": "it is not a file",
    }


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("print('panicked at', file=sys.stderr); os._exit(101)", "status 101.*\n.*panicked at"),
        ("time.sleep(60)", "answered nothing for 1 seconds"),
        ("raw(b'nonsense\\r\\n\\r\\n'); time.sleep(60)", "not the protocol"),
    ],
)
def test_the_file_a_server_dies_of_is_named_and_all_others_are_answered(
    fake: Fake, folder: Path, fault: str, reason: str
) -> None:
    sites = call_files(folder, BATCH_FILES + 3)
    (folder / "m5.py").write_text("call()  # deadly\n")
    script = f"""
initialize()
def answer(params, text):
    if "deadly" in text:
        {fault}
    return here(params)
serve(answer)
"""
    found = resolve(folder, "python", sites, fake(script), timeout_s=1)
    assert set(found.targets) == set(sites) - {"m5.py"}
    assert list(found.skipped) == ["m5.py"]
    assert_matches(reason, found.skipped["m5.py"])


def test_a_server_that_dies_of_everything_is_given_up(fake: Fake, folder: Path) -> None:
    sites = call_files(folder, 3 * BATCH_FILES)
    script = "initialize()\nserve(lambda params, text: os._exit(1))"
    found = resolve(folder, "python", sites, fake(script))
    assert found.targets == {}
    assert set(found.skipped) == set(sites)
    named = [path for path, why in found.skipped.items() if not why.startswith("not tried")]
    assert len(named) == RESTARTS - 1  # the first death is nobody's


def test_a_server_that_does_not_start_again_blames_no_file(
    fake: Fake, folder: Path, tmp_path: Path
) -> None:
    script = f"""
if os.path.exists({str(tmp_path / "once")!r}): sys.exit(9)
open({str(tmp_path / "once")!r}, "w").close()
initialize()
serve(lambda params, text: os._exit(1) if "deadly" in text else here(params))
"""
    sites = call_files(folder, 3)
    (folder / "m1.py").write_text("call()  # deadly\n")
    found = resolve(folder, "python", sites, fake(script))
    assert set(found.targets) == {"m0.py"}
    assert set(found.skipped) == {"m1.py", "m2.py"}
    for why in found.skipped.values():
        assert_matches("not tried any more: .*status 9", why)


def test_what_was_answered_before_time_was_up_is_kept(fake: Fake, folder: Path) -> None:
    sites = call_files(folder, 60)
    script = "initialize()\nserve(lambda params, text: time.sleep(0.1) or here(params))"
    found = resolve(folder, "python", sites, fake(script), limit_s=2)
    assert 0 < len(found.targets) < 60
    assert set(found.skipped.values()) == {"the time was up"}
    assert set(found.targets) | set(found.skipped) == set(sites)
    assert found.coverage.seconds < 10


def test_a_server_that_cannot_start_is_an_error(fake: Fake, folder: Path) -> None:
    with pytest.raises(LanguageServerError, match="exit status 4"):
        resolve(folder, "python", call_files(folder, 1), fake("sys.exit(4)"))


def test_no_server_is_an_error_that_says_how_to_get_one(folder: Path) -> None:
    with pytest.raises(LanguageServerError, match="No language server is known for cobol"):
        resolve(folder, "cobol", {})


def test_a_folder_reached_through_a_link_is_the_same_folder(
    fake: Fake, folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "link").symlink_to(folder)
    sites = call_files(folder, 1)
    found = resolve(tmp_path / "link", "python", sites, fake(ANSWER_HERE))
    assert found.targets["m0.py"][Site(1, 0, "call")] == (Target("m0.py", 1, 0),)


def test_progress_counts_every_site_once(fake: Fake, folder: Path) -> None:
    sites = call_files(folder, 20)
    (folder / "m3.py").write_text("call()  # deadly\n")
    (folder / "m4.py").write_text("other()\n")
    (folder / "m5.py").unlink()
    script = """
initialize()
serve(lambda params, text: os._exit(1) if "deadly" in text else here(params))
"""
    counter = Counter()
    found: Resolved = resolve(folder, "python", sites, fake(script), counter)
    assert (counter.total, counter.done) == (20, 20)
    assert set(found.skipped) == {"m3.py", "m5.py"}


class Counter:
    """A progress that adds up."""

    def __init__(self) -> None:
        self.total = self.done = 0

    def start(self, stage: str, total: int) -> None:
        self.total = total

    def advance(self, count: int = 1, note: str = "") -> None:
        self.done += count

    def finish(self) -> None: ...

    def say(self, line: str) -> None: ...


def call_files(folder: Path, count: int) -> dict[str, list[Site]]:
    for number in range(count):
        (folder / f"m{number}.py").write_text("call()\n")
    return {f"m{number}.py": [Site(1, 0, "call")] for number in range(count)}


def assert_matches(pattern: str, text: str) -> None:
    assert re.search(pattern, text), text
