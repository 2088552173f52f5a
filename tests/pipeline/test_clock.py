"""The clock of a growing: the whole of it, however often it was interrupted."""

from __future__ import annotations

import contextlib
from dataclasses import replace

from journeyman.pipeline.adopted import Adopted
from journeyman.pipeline.grow import Clock
from journeyman.settings import PracticeSettings


def _for(adopted: Adopted, seed: int) -> Adopted:
    """The same project under settings that no other test uses."""
    settings = adopted.settings.model_copy(update={"practice": PracticeSettings(seed=seed)})
    return replace(adopted, settings=settings)


def test_a_stage_that_was_interrupted_goes_on_being_counted(adopted: Adopted) -> None:
    place = _for(adopted, 901)
    clock = Clock(place)
    assert not clock.resumes
    clock.add("prove", 30, ended=False)
    again = Clock(place)
    assert again.resumes
    again.add("prove", 12)
    again.add("prove", 5)  # passing through what is done
    assert Clock(place).spent.seconds == {"prove": 42}


def test_another_growing_has_its_own_costs(adopted: Adopted) -> None:
    Clock(_for(adopted, 902)).add("prove", 30)
    assert not Clock(_for(adopted, 903)).resumes


def test_what_an_error_cut_short_has_not_ended(adopted: Adopted) -> None:
    clock = Clock(_for(adopted, 904))
    with contextlib.suppress(KeyboardInterrupt), clock.stage("prove"):
        raise KeyboardInterrupt
    assert "prove" in clock.spent.seconds and "prove" not in clock.spent.ended
