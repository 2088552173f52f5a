"""What a history says, and that it does not matter in how many steps it was read."""

from __future__ import annotations

import subprocess
from pathlib import Path
from types import ModuleType

import numpy as np

from journeyman.repository.git import Git
from journeyman.understanding.past.keeping import Keeper
from journeyman.understanding.past.log import read_log
from journeyman.understanding.past.memory import Memory, remember
from journeyman.understanding.terms.words import terms_of, words_of


def _terms(text: str) -> dict[int, float]:
    return {term: 1.0 for word in words_of(text) for term in terms_of(word)}


def _memory(root: Path) -> Memory:
    log = sorted(read_log(Git(root / ".git"), "HEAD"), key=lambda one: (one.time, one.id))
    return Memory(remember(log))


def _best(memory: Memory, scores: np.ndarray) -> list[str]:  # type: ignore[type-arg]
    names = memory.held.names
    return [names[one] for one in np.argsort(-scores, kind="stable") if scores[one] > 0]


def test_words_of_old_commits_lead_to_the_files_they_changed(shop_root: Path) -> None:
    memory = _memory(shop_root)
    found = memory.spoken(_terms("negative discounts"), memory.everything)
    assert _best(memory, found) == ["shop/prices.py", "tests/test_prices.py"]


def test_what_was_not_seen_yet_is_not_known(shop_root: Path) -> None:
    memory = _memory(shop_root)
    seen = memory.everything
    seen[2:] = False
    assert "tests/test_prices.py" not in _best(memory, memory.spoken(_terms("negative"), seen))
    assert memory.recent(seen, 10)[memory.held.numbers["shop/mail.py"]] > 0
    latest = memory.recent(memory.everything, 0.5)
    assert _best(memory, latest)[0] == "shop/prices.py"


def test_files_that_change_together_and_who_knows_them(sample: ModuleType, tmp_path: Path) -> None:
    made = sample.SampleRepository(tmp_path / "pairs")
    for number in range(4):
        made.commit({"a.py": f"x = {number}", "b.py": f"y = {number}"}, f"Step {number}")
    made.commit({"c.py": "z = 1"}, "Something else")
    memory = _memory(made.root)
    assert memory.changed_with("a.py") == [("b.py", 4)]
    assert memory.changed_with("c.py") == []
    assert memory.people_of("a.py") == [("A Person", 1.0)]
    assert memory.people_of("never.py") == []


def test_a_file_is_known_by_its_new_name_for_what_it_was(
    sample: ModuleType, tmp_path: Path
) -> None:
    made = sample.SampleRepository(tmp_path / "moves")
    text = "def parse_header(text):\n    return text.split(':')\n" * 5
    made.commit({"old.py": text}, "Headers are parsed")
    made.commit({"old.py": None, "pkg/new.py": text}, "Into a package")
    memory = _memory(made.root)
    known = memory.known(["pkg/new.py", "old.py", "none.py"])
    assert known[0] == known[1] and known[2] == -1
    assert len(memory.commits_of("pkg/new.py")) == 2
    found = memory.spoken(_terms("headers"), memory.everything)
    assert found[known[0]] > 0


def test_a_commit_of_the_whole_tree_says_nothing(sample: ModuleType, tmp_path: Path) -> None:
    made = sample.SampleRepository(tmp_path / "broad")
    made.commit({f"f{number}.py": "x = 1" for number in range(40)}, "Reformat everything")
    made.commit({"f1.py": "x = 2"}, "Answer")
    memory = _memory(made.root)
    assert not memory.spoken(_terms("reformat"), memory.everything).any()
    assert _best(memory, memory.spoken(_terms("answer"), memory.everything)) == ["f1.py"]


def test_messages_may_say_anything(sample: ModuleType, tmp_path: Path) -> None:
    made = sample.SampleRepository(tmp_path / "odd")
    made.commit({"a b\n.py": "x = 1"}, "Tabs\tand \x02 marks\n\n\x01 body \x7f <script>")
    made.commit({"größe.py": "x = 1"}, "Größe")
    log = list(read_log(Git(made.root / ".git"), "HEAD"))
    assert {touch.path for one in log for touch in one.touches} >= {"größe.py"}
    assert log[0].subject == "Größe"


def _kept(folder: Path, git: Git) -> tuple[object, ...]:
    keeper = Keeper(folder)
    keeper.bring_up_to_date(git)
    memory = keeper.memory()
    assert memory is not None
    held = memory.held
    return (
        [one.id for one in keeper.log()],
        *(getattr(held, name).tolist() for name in ("row_commit", "row_file", "word_term")),
        held.times.tolist(),
        held.names, held.numbers, held.people,
    )  # fmt: skip


def test_read_in_steps_or_at_once_it_is_the_same(
    shop: ModuleType, sample: ModuleType, tmp_path: Path
) -> None:
    made = sample.SampleRepository(tmp_path / "shop")
    git = Git(made.root / ".git")
    made.commit(shop.FIRST, "Open the shop")
    for files, message in shop.CHANGES:
        _kept(tmp_path / "steps", git)
        made.commit(files, message)
    assert _kept(tmp_path / "steps", git) == _kept(tmp_path / "once", git)
    assert Keeper(tmp_path / "steps").bring_up_to_date(git) == 0


def test_a_rewritten_history_is_read_anew(
    shop: ModuleType, sample: ModuleType, tmp_path: Path
) -> None:
    made = shop.build(sample, tmp_path / "shop")
    git = Git(made.root / ".git")
    before = _kept(tmp_path / "kept", git)
    made.git("reset", "--quiet", "--hard", "HEAD~2")
    made.commit({"shop/mail.py": "x = 1\n"}, "Another way")
    after = _kept(tmp_path / "kept", git)
    assert after != before
    assert after == _kept(tmp_path / "clean", git)


def test_a_shallow_history_is_what_there_is_of_it(shop_root: Path, tmp_path: Path) -> None:
    shallow = tmp_path / "shallow"
    subprocess.run(
        ["git", "clone", "--quiet", "--depth=2", f"file://{shop_root}", str(shallow)], check=True
    )
    assert len(_kept(tmp_path / "kept", Git(shallow / ".git"))[0]) == 2  # type: ignore[arg-type]
