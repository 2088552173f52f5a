"""What one run inside the sandbox may use."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Limits:
    """Ceilings of one run; each has its unit in its name.

    `memory_mb` holds for one process's data (RLIMIT_DATA) and, watched every 20 ms, for the sum of
    all; `tmp_mb` for each of the tree's changes, ``/tmp`` and ``/dev/shm``; `cpu_s` for each
    process; `file_mb` for each file.
    """

    wall_s: int = 60
    cpu_s: int = 60
    memory_mb: int = 2048
    processes: int = 128
    file_mb: int = 64
    tmp_mb: int = 256
    output_mb: int = 32

    def plain(self) -> dict[str, int]:
        """Return the limits as plain data for the other side of the sandbox."""
        return asdict(self)
