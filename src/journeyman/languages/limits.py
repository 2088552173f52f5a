"""What a run of tests may use, as the settings say."""

from __future__ import annotations

import math
from dataclasses import replace

from journeyman.sandbox.limits import Limits
from journeyman.settings import Settings


def limits_of(settings: Settings) -> tuple[Limits, Limits]:
    """Return the ceilings of a run of the whole suite, and of one of chosen tests."""
    box = settings.sandbox
    limits = Limits(
        wall_s=math.ceil(settings.tests.timeout_s),
        cpu_s=math.ceil(settings.tests.timeout_s),
        memory_mb=box.memory_mb,
        processes=box.processes,
        file_mb=box.file_mb,
        tmp_mb=box.tmp_mb,
    )
    return limits, replace(limits, wall_s=math.ceil(box.wall_s), cpu_s=math.ceil(box.cpu_s))
