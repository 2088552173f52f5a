"""Several breaks at once are apart, matter each, and are the same in every run."""

from __future__ import annotations

import ast
import textwrap

import pytest

from journeyman.repository.coupling import Coupled
from journeyman.tasks.breaking import COMBINED, Break, Site, Source, candidates, combine
from journeyman.tasks.breaking.combined import MOST_PARTS, is_sound

TEXTS = {
    name: textwrap.dedent(
        f"""
        def {name}_total(values, start):
            result = start + 1
            for value in values:
                result += value * 2
            return result

        class {name.title()}:
            def size(self, items):
                if len(items) > 3:
                    return len(items) - 1
                return 0

            def head(self, items):
                return items[1:] if items else None
        """
    )
    for name in ("one", "two", "three")
}
COUPLED = [
    Coupled(
        path="one", function="one_total", other_path="two", other_function="Two", weight=3,
        why="calls",
    ),
    Coupled(path="one", other_path="three", weight=1, why="changed together"),
]  # fmt: skip


def read(path: str) -> str:
    return TEXTS[path]


def every_site() -> list[Site]:
    return [site for path, text in TEXTS.items() for site in candidates(Source(path, text))]


def made() -> dict[str, list[Break]]:
    return combine(every_site(), read, COUPLED, seed=5, most=60)


def test_there_are_combinations_of_each_kind_and_they_say_which() -> None:
    found = made()
    assert tuple(found) == COMBINED
    for family, breaks in found.items():
        assert len(breaks) == 60
        assert len({each.key for each in breaks}) == 60
        assert {each.family for each in breaks} == {family}
        assert all(2 <= len(each.parts) <= MOST_PARTS for each in breaks)


def test_the_same_sites_give_the_same_combinations_in_any_order() -> None:
    again = combine(every_site()[::-1], read, COUPLED, seed=5, most=60)
    assert again == made()
    assert combine(every_site(), read, COUPLED, seed=6, most=60) != made()


def test_every_part_shows_in_the_combined_text_and_nothing_else_does() -> None:
    for breaks in made().values():
        for each in breaks:
            patch = each.patch(read)
            assert set(patch.files) == {part.path for part in each.parts}
            for path, text in patch.files.items():
                assert text is not None
                assert ast.dump(ast.parse(text)) != ast.dump(ast.parse(read(path)))
                lines = sum(part.replacement.count("\n") for part in each.in_file(path))
                gone = sum(read(path)[p.start : p.end].count("\n") for p in each.in_file(path))
                assert text.count("\n") == read(path).count("\n") + lines - gone


def test_repairing_one_part_leaves_another_text_than_the_original_and_the_break() -> None:
    for each in made()[COMBINED[0]]:
        whole = each.patch(read).files
        for index, part in enumerate(each.parts):
            fewer = each.without(index).patch(read).files
            assert len(each.without(index).parts) == len(each.parts) - 1
            assert ast.dump(ast.parse(fewer[part.path] or "")) != ast.dump(
                ast.parse(whole[part.path] or "")
            )
            assert each.alone(index).patch(read).files == {part.path: part.apply(read(part.path))}


def test_parts_across_files_lie_on_both_sides_of_a_coupling() -> None:
    for each in made()[COMBINED[2]]:
        places = {(part.path, part.function) for part in each.parts}
        assert {path for path, _ in places} in ({"one", "two"}, {"one", "three"})
        if "two" in {path for path, _ in places}:
            assert any(path == "two" and name.startswith("Two.") for path, name in places)


def test_without_couplings_there_is_nothing_across_files() -> None:
    assert combine(every_site(), read, (), seed=0, most=5)[COMBINED[2]] == []


def site(start: int, end: int, replacement: str, line: int, severity: str = "raises") -> Site:
    return Site("made_up", "one", "f", 1, 4, line, start, end, replacement, "", False, severity)  # type: ignore[arg-type]


def test_parts_that_overlap_share_a_line_or_cancel_out_are_not_sound() -> None:
    text = "def f(a, b):\n    a = a + b\n    b = b - a\n    return a\n"
    plus, minus = text.index("+"), text.index("-")

    def sound(*parts: Site) -> bool:
        return is_sound(Break(parts), lambda path: text)

    first, second = site(plus, plus + 1, "-", 2), site(minus, minus + 1, "+", 3)
    assert sound(first, second)
    assert not sound(first, site(plus - 2, plus + 3, "a", 2))
    assert not sound(first, site(plus + 2, plus + 3, "a", 2))
    assert not sound(first, site(minus, minus + 1, "-", 3))  # changes nothing
    with pytest.raises(ValueError, match="overlap"):
        Break((first, site(plus - 2, plus + 3, "a", 2))).patch(lambda path: text)


def test_a_break_is_as_bad_as_its_worst_part_and_says_whose_tests_judge_it() -> None:
    quiet, loud = site(1, 2, "x", 2, "wrong result"), site(5, 6, "y", 3)
    assert Break((quiet,)).quiet
    assert Break((quiet, loud)).severity == "raises"
    assert not Break((quiet, loud)).quiet
    assert Break((quiet, loud)).touched() == [("one", 2, 2), ("one", 3, 3)]


def test_breaks_that_stop_the_import_are_not_combined() -> None:
    for breaks in made().values():
        for each in breaks:
            assert each.severity in ("raises", "wrong result")
