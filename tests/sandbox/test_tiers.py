"""Which tier is chosen, what is said of the others, and what a refusal tells."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from journeyman.errors import IsolationError, SettingsError
from journeyman.sandbox import tiers
from journeyman.sandbox.tiers import TIERS, choose
from journeyman.settings import Settings, load


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Let the named tiers not work, each for a reason with its name in it."""

    def fail(*names: str) -> None:
        for name in TIERS:
            why = f"no {name} today" if name in names else ""
            monkeypatch.setitem(tiers.TIERS, name, _Fixed(name, why))  # type: ignore[arg-type]

    return fail


class _Fixed:
    def __init__(self, name: str, why: str) -> None:
        self.name, self._why = name, why

    def why_not(self) -> str:
        return self._why


@pytest.mark.parametrize("setting", ["auto", "required"])
def test_the_best_that_works_is_chosen_and_the_better_ones_excused(
    failing: Any, setting: str
) -> None:
    failing()
    assert choose(setting).name == "bubblewrap" and choose(setting).passed_over == ()
    failing("bubblewrap")
    assert choose(setting).name == "landlock"
    assert "no bubblewrap today" in choose(setting).text
    failing("bubblewrap", "landlock")
    assert choose(setting).name == "podman"
    failing("bubblewrap", "landlock", "podman")
    assert choose(setting).name == "docker" and len(choose(setting).passed_over) == 3


def test_where_nothing_works_it_refuses_with_every_reason_and_a_cure_for_each(failing: Any) -> None:
    failing("bubblewrap", "landlock", "podman", "docker")
    with pytest.raises(IsolationError) as refused:
        choose("auto")
    for name in ("bubblewrap", "landlock", "podman", "docker"):
        assert f"no {name} today" in refused.value.message
        assert f"{name}: " in refused.value.cure
    assert "sysctl" in refused.value.cure and "--unisolated" in refused.value.cure


def test_one_that_is_asked_for_is_not_replaced_by_another(failing: Any) -> None:
    failing("landlock")
    assert choose("bubblewrap").name == "bubblewrap"
    assert choose("podman").name == "podman"
    with pytest.raises(IsolationError, match="no landlock today") as refused:
        choose("landlock")
    assert "doctor" in refused.value.cure


def test_no_isolation_is_only_ever_asked_for(failing: Any) -> None:
    failing("bubblewrap", "landlock", "podman", "docker")
    assert choose("none").name == "none"


def test_the_setting_is_auto_and_an_unknown_one_is_refused(tmp_path: Path) -> None:
    assert Settings().sandbox.isolation == "auto"
    file = tmp_path / "journeyman.toml"
    file.write_text('[sandbox]\nisolation = "chroot"\n')
    with pytest.raises(SettingsError, match=r"sandbox\.isolation") as refused:
        load(file)
    assert "auto" in refused.value.cure
