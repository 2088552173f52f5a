"""Our diffs bring back every byte through Git; foreign ones apply, or say why not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import settings as how
from hypothesis import strategies as st

from journeyman.interchange.diffs import git_diff
from journeyman.interchange.losses import Refused
from journeyman.interchange.scratch import Scratch
from journeyman.records import Patch

EMPTY = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
"""Git's name for the tree without files."""

NAMES = (
    *("a.py", "deep/er/b.py", "with space.txt", "größe.py", 'quo"te.txt', "tab\there.txt"),
    *("back\\slash.txt", "line\nfeed.txt", "-dash", "emoji 🙂.md"),
)
PIECES = ("x = 1", "", "  ", "\x0c", "\u2028", "ß", "+++ b/x", "--- a/x", "@@ -1 +1 @@", "\\ No")
ENDS = ("\n", "\r\n", "\r", "\n\n", "\x0b", "")
texts = st.lists(st.tuples(st.sampled_from(PIECES), st.sampled_from(ENDS)), max_size=12).map(
    lambda parts: "".join(piece + end for piece, end in parts)
)
trees = st.dictionaries(st.sampled_from(NAMES), texts, max_size=4)

COUNT = "def count(items):\n    return len(items)\n\n\ndef last(items):\n    return items[-1]\n"


@how(max_examples=40)
@given(before=trees, changes=st.dictionaries(st.sampled_from(NAMES), texts | st.none(), max_size=4))
def test_a_diff_applied_by_git_brings_back_every_byte(
    place: Scratch, before: dict[str, str], changes: dict[str, str | None]
) -> None:
    patch = Patch(files={p: t for p, t in changes.items() if before.get(p) != t})
    tree = place.tree(EMPTY, Patch(files=dict(before)))
    applied = place.apply(tree, git_diff(patch, before.get))
    assert applied.patch == patch
    assert not applied.way and not applied.lost


@given(old=texts, new=texts)
def test_a_diff_of_equal_texts_is_empty_and_of_others_names_the_file(old: str, new: str) -> None:
    diff = git_diff(Patch(files={"a.py": new}), {"a.py": old}.get)
    assert diff == "" if old == new else diff.startswith("diff --git a/a.py b/a.py\n")


def test_a_change_in_a_long_file_is_a_short_diff() -> None:
    lines = ["same\n"] * 40_000
    old, new = "".join(lines), "".join([*lines[:20_000], "other\n", *lines[20_001:]])
    diff = git_diff(Patch(files={"a.py": new}), {"a.py": old}.get)
    assert diff.count("\n") == 3 + 1 + 8
    assert "@@ -19998,7 +19998,7 @@" in diff


def test_modes_survive_in_the_tree_and_are_said_to_be_lost_in_a_patch(place: Scratch) -> None:
    tree = place.tree(EMPTY, Patch(files={"run.py": COUNT}))
    made = place.apply(tree, "diff --git a/run.py b/run.py\nold mode 100644\nnew mode 100755\n")
    assert made.patch == Patch()
    assert made.lost == ("run.py: mode 100644 to 100755",)


def test_a_hunk_with_wrong_counts_and_context_from_memory_still_applies(place: Scratch) -> None:
    tree = place.tree(EMPTY, Patch(files={"count.py": COUNT}))
    diff = (
        "--- a/count.py\n+++ b/count.py\n@@ -1,9 +1,9 @@\n def count(items):\n"
        "-    return len(items)\n+    return sum(1 for _ in items)\n"
    )
    applied = place.apply(tree, diff)
    assert applied.way == "--recount -C0"
    assert "sum(1 for _ in items)" in (applied.patch.files["count.py"] or "")


@pytest.mark.parametrize(
    ("diff", "why"),
    [
        ("no diff at all\n", "does not apply"),
        ("--- a/count.py\n+++ b/count.py\n@@ -1 +1 @@\n-nothing like it\n+x\n", "does not apply"),
        ("--- /dev/null\n+++ b/../out.py\n@@ -0,0 +1 @@\n+x\n", "does not apply"),
        ("--- /dev/null\n+++ b/.git/hooks/x\n@@ -0,0 +1 @@\n+x\n", "does not apply"),
        (
            "diff --git a/l b/l\nnew file mode 120000\n--- /dev/null\n+++ b/l\n@@ -0,0 +1 @@\n"
            "+/etc/passwd\n\\ No newline at end of file\n",
            "link",
        ),
    ],
)
def test_what_cannot_be_applied_is_refused_with_the_reason(
    place: Scratch, diff: str, why: str
) -> None:
    tree = place.tree(EMPTY, Patch(files={"count.py": COUNT}))
    with pytest.raises(Refused, match=why):
        place.apply(tree, diff)


BINARY = """diff --git a/NAME b/NAME
new file mode 100644
index 0000000000000000000000000000000000000000..addec90a42e64feca765d123e18e4603ed982925
GIT binary patch
literal 4
LcmezWkAV>Y2Kxd3

literal 0
HcmV?d00001

"""


def test_what_is_not_text_is_left_out_and_said_or_refused_if_it_is_code(place: Scratch) -> None:
    tree = place.tree(EMPTY, Patch(files={"count.py": COUNT}))
    applied = place.apply(tree, BINARY.replace("NAME", "a.bin"))
    assert applied.patch == Patch()
    assert applied.lost == ("'a.bin': not UTF-8 text",)
    with pytest.raises(Refused, match=r"code\.py"):
        place.apply(tree, BINARY.replace("NAME", "code.py"))
