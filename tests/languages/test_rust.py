"""The worked example of another language: a crate goes the same way to proven tasks."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

from journeyman.pipeline.adopt import adopt
from journeyman.pipeline.make_tasks import break_code, prove_tasks, tasks_of
from journeyman.pipeline.prove_cheats import play_cheats
from journeyman.records import Patch
from journeyman.settings import ExamSettings, Settings, TasksSettings
from journeyman.workspace import Workspace

if TYPE_CHECKING:
    from journeyman.pipeline.adopted import Adopted

FILES = {
    "Cargo.toml": '[package]\nname = "shop"\nversion = "0.1.0"\nedition = "2021"\n',
    "src/lib.rs": """\
pub fn clamp(value: i32, low: i32, high: i32) -> i32 {
    if value < low {
        return low;
    }
    value.min(high)
}

pub fn total(prices: &[i32], limit: i32) -> i32 {
    let mut sum = 0;
    for price in prices {
        if *price > limit {
            continue;
        }
        sum += price;
    }
    sum
}

#[cfg(test)]
mod tests {
    #[test]
    fn own() {
        assert_eq!(super::clamp(1, 2, 3), 2);
    }
}
""",
    "tests/prices.rs": """\
use shop::{clamp, total};

#[test]
fn clamps() {
    assert_eq!(clamp(5, 1, 3), 3);
    assert_eq!(clamp(0, 1, 3), 1);
    assert_eq!(clamp(2, 1, 3), 2);
}

#[test]
fn sums() {
    assert_eq!(total(&[1, 2, 30], 10), 3);
}
""",
}


@pytest.fixture(scope="module")
def crate(
    sandboxed: None, sample: ModuleType, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Adopted]:
    if shutil.which("cargo") is None:
        pytest.skip("there is no cargo on this machine")
    if subprocess.run(["cargo", "--version"], capture_output=True, check=False).returncode:
        pytest.skip("cargo has no toolchain on this machine")
    folder = tmp_path_factory.mktemp("rust")
    made = sample.SampleRepository(folder / "shop")
    made.commit(FILES, "Start")
    settings = Settings(tasks=TasksSettings(count=3, runs=1), exam=ExamSettings(fixes=0))
    with adopt(str(made.root), Workspace(folder / "workspace"), settings, workers=1) as opened:
        yield opened


def test_a_crate_is_adopted_broken_and_judged(crate: Adopted) -> None:
    assert crate.language.name == "rust"
    assert set(crate.baseline.passing) == {"tests/prices.rs > clamps", "tests/prices.rs > sums"}
    tasks = tasks_of(crate, prove_tasks(crate, break_code(crate)))
    assert len(tasks) == 3
    task = tasks[0]
    assert task.language == "rust" and task.place.function in ("clamp", "total")
    assert not crate.grader.grade(task, Patch()).solved
    assert crate.grader.grade(task, task.fix).solved
    assert [row.scored for row in play_cheats(crate, tasks[:1])] == [0] * 4


def test_code_that_does_not_compile_has_crashed(crate: Adopted) -> None:
    report = crate.suite.run(Patch(files={"src/lib.rs": "fn"}), ["tests/prices.rs > clamps"])
    assert report.ending == "crashed" and not report.good("tests/prices.rs > clamps")
