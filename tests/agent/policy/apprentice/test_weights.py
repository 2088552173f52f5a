"""Weights files: round trip, lineage, and refusal of what does not fit."""

from pathlib import Path

import pytest

from journeyman.agent.policy.apprentice.features import MEANINGS, NAMES
from journeyman.agent.policy.apprentice.policy import Apprentice
from journeyman.agent.policy.apprentice.weights import (
    Weights,
    default_weights,
    load_weights,
    new_weights,
    save_weights,
)
from journeyman.errors import SettingsError


def some(value: float = 0.5) -> Weights:
    return new_weights([value] * len(NAMES), [1.0] * len(NAMES), "a test")


def test_the_shipped_weights_fit_this_version() -> None:
    assert default_weights().features == NAMES


def test_every_feature_has_a_meaning() -> None:
    assert all(MEANINGS[name] for name in NAMES)
    assert len(set(NAMES)) == len(NAMES)


def test_weights_survive_writing_and_reading(tmp_path: Path) -> None:
    save_weights(some(), tmp_path / "w.json")
    assert load_weights(tmp_path / "w.json") == some()
    assert load_weights(tmp_path / "w.json").digest == some().digest


def test_changed_weights_name_their_parent_and_have_another_identity() -> None:
    child = some().with_values([0.25] * len(NAMES), "practice")
    assert child.parent == some().digest
    assert child.made_from == "practice"
    assert child.digest != some().digest
    assert Apprentice(child).name != Apprentice(some()).name


def test_modes_have_names_of_their_own() -> None:
    names = {
        Apprentice(some()).name,
        Apprentice(some(), greedy=True).name,
        Apprentice(some(), temperature=2.0).name,
    }
    assert len(names) == 3


def test_weights_for_other_features_are_refused(tmp_path: Path) -> None:
    other = Weights(features=("moon phase",), values=(1.0,), scale=(1.0,))
    save_weights(other, tmp_path / "w.json")
    with pytest.raises(SettingsError, match="other features"):
        load_weights(tmp_path / "w.json")
    with pytest.raises(SettingsError, match="other features"):
        Apprentice(other)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"values": (1.0,)}, "one number a feature"),
        ({"scale": (0.0,) * len(NAMES)}, "cannot be used"),
        ({"values": (float("nan"),) * len(NAMES)}, "cannot be used"),
    ],
)
def test_weights_that_cannot_be_used_are_refused(change: dict[str, object], told: str) -> None:
    with pytest.raises(SettingsError, match=told):
        some().model_copy(update=change).check()


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff\xfe", b'{"features": 3}'])
def test_a_malformed_file_is_named(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "w.json").write_bytes(content)
    with pytest.raises(SettingsError, match=r"w\.json"):
        load_weights(tmp_path / "w.json")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="none"):
        load_weights(tmp_path / "none.json")


def test_a_temperature_of_zero_is_refused() -> None:
    with pytest.raises(SettingsError, match="temperature"):
        Apprentice(some(), temperature=0.0)
