"""`journeyman doctor`: one screen, whatever the machine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from journeyman.sandbox.tiers import TIERS


def test_it_says_of_every_tier_whether_it_works_and_names_nothing_of_the_user_s(
    journeyman: Callable[..., Any],
) -> None:
    done = journeyman("doctor", SECRET_TOKEN="secret-token")
    lines = done.out.splitlines()
    tiers = {line.split()[0]: line for line in lines[lines.index("isolation") + 1 :]}
    for name in TIERS:
        if name != "none":
            assert " works" in tiers[name] or "does not work here: " in tiers[name]
    assert done.code == (0 if "and is used" in done.out else 1)
    assert any(line.startswith("kernel ") for line in lines) and len(lines) < 40
    assert "secret-token" not in done.out
