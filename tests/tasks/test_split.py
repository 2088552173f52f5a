"""What is examined was not practised on."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journeyman.errors import SettingsError
from journeyman.records import Patch, Place, Task
from journeyman.tasks.split import SIDES, split


def task(path, function="f", number=0, family="boundary", source="breakage"):
    return Task(
        repository="r",
        base="b",
        source=source,
        family=family,
        quiet=True,
        statement=str(number),
        broken=Patch(),
        fix=Patch(),
        place=Place(path=path, function=function, first=1, last=9),
        fail_to_pass=("t",),
        pass_to_pass=(),
    )


def sides_of(record, tasks):
    known = {task.id: task for task in tasks}
    return {side: [known[id] for id in getattr(record, side)] for side in SIDES}


tasks_strategy = st.lists(
    st.builds(
        task,
        st.sampled_from([f"{name}.py" for name in "abcdefgh"]),
        st.sampled_from(["f", "g", "C.m"]),
        st.integers(0, 30),
        st.sampled_from(["boundary", "boolean", "name"]),
        st.sampled_from(["breakage", "breakage", "breakage", "history"]),
    ),
    max_size=40,
)
functions = st.builds(
    "{}.py::{}".format, st.sampled_from("abcdefgh"), st.sampled_from(["f", "g", "C.m"])
)
pairs_strategy = st.lists(st.tuples(functions, functions), max_size=6)


@settings(max_examples=60, deadline=None)
@given(tasks_strategy, pairs_strategy, st.integers(0, 3), st.randoms(use_true_random=False))
def test_sides_are_apart_and_nothing_is_lost(tasks, pairs, seed, random):
    record = split(tasks, pairs, seed)
    sides = sides_of(record, tasks)

    # every task is in exactly one place, and history is exam only
    everywhere = [id for side in (*SIDES, "history", "dropped") for id in getattr(record, side)]
    assert sorted(everywhere) == sorted({task.id for task in tasks})
    assert set(record.history) == {task.id for task in tasks if task.source == "history"}

    # no file (or function) on two sides
    for left in SIDES:
        for right in SIDES:
            if left < right:
                place = (lambda t: t.place.path) if record.by == "file" else (lambda t: t.cluster)
                assert not {place(t) for t in sides[left]} & {place(t) for t in sides[right]}

    # no near-duplicates on two sides
    side_of = {task.cluster: side for side in SIDES for task in sides[side]}
    for left, right in pairs:
        if left in side_of and right in side_of:
            assert side_of[left] == side_of[right]

    # the order of the input does not matter
    shuffled = list(tasks)
    random.shuffle(shuffled)
    assert split(shuffled, pairs[::-1], seed) == record


def test_fractions_are_met_and_every_family_is_on_every_side():
    families = ["boundary", "boolean", "name", "order"]
    tasks = [
        task(f"m{file}.py", f"f{number % 5}", number, families[number % 4])
        for file in range(14)
        for number in range(5 + 3 * file)
    ]
    record = split(tasks, [])
    assert record.by == "file" and not record.dropped
    for side, fraction in zip(SIDES, (0.5, 0.15, 0.35), strict=True):
        assert len(getattr(record, side)) / len(tasks) == pytest.approx(fraction, abs=0.03)
        assert {task.family for task in sides_of(record, tasks)[side]} == set(families)
    assert "(wanted 50/15/35 %)" in record.why


def test_the_seed_changes_the_split():
    tasks = [task(f"m{file}.py", number=number) for file in range(12) for number in range(4)]
    assert len({split(tasks, [], seed).held_out for seed in range(4)}) > 1


def test_practice_on_a_near_duplicate_of_an_exam_function_is_dropped_with_the_reason():
    tasks = [task(f"m{file}.py", number=number) for file in range(12) for number in range(4)]
    sides = sides_of(split(tasks, []), tasks)
    practised, examined = sides["practice"][0].cluster, sides["held_out"][0].cluster
    others = [f"m{file}.py::f" for file in range(12)]
    # every function is practised's twin, so wherever they land practice loses to the exam
    record = split(tasks, [(practised, other) for other in others])
    assert record.by == "file"
    assert record.dropped
    assert all("near-duplicate of" in reason for reason in record.dropped.values())
    assert not set(record.dropped) & set(record.held_out)
    # and with nothing alike nothing is dropped
    assert not split(tasks, [(examined, examined)]).dropped


@pytest.mark.parametrize("files", [1, 2])
def test_few_files_are_split_by_function_and_it_says_so(files):
    tasks = [
        task(f"m{number % files}.py", f"f{number % 20}", number, ["a", "b"][number % 3 == 0])
        for number in range(100)
    ]
    record = split(tasks, [("m0.py::f0", "m0.py::f2")])
    assert record.by == "function"
    assert f"only {files} file" in record.why
    assert not record.dropped  # twins are kept together instead
    sides = sides_of(record, tasks)
    assert all(sides.values())


def test_one_huge_file_is_split_by_function_and_it_says_so():
    tasks = [task("huge.py", f"f{number % 20}", number) for number in range(80)]
    tasks += [task(f"m{number}.py", number=number) for number in range(10)]
    record = split(tasks, [])
    assert record.by == "function"
    assert "huge.py holds 89% of the tasks" in record.why


def test_duplicates_that_would_empty_a_side_are_kept_together_instead():
    tasks = [task(f"m{file}.py", f"f{number}", number) for file in range(3) for number in range(6)]
    pairs = [
        (f"m{left}.py::f{number}", f"m{right}.py::f{number}")
        for number in range(6)
        for left in range(3)
        for right in range(left)
    ]
    record = split(tasks, pairs)
    assert record.by == "function" and "near-duplicates across files" in record.why
    assert record.practice and record.validation and record.held_out


def test_nothing_to_split_is_said():
    record = split([task("a.py", source="history")], [])
    assert len(record.history) == 1
    assert not (record.practice or record.validation or record.held_out)
    assert record.why == "there are no breakages to split"


@pytest.mark.parametrize("fractions", [(0.5, 0.5, 0.5), (1.0, 0.0, 0.0), (0.5, 0.5)])
def test_fractions_that_make_no_sense_are_refused(fractions):
    with pytest.raises(SettingsError, match="add up to 1"):
        split([], [], fractions=fractions)
