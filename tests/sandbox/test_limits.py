"""Whatever code under test does, its run ends, soon, and is called what it was."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.sandbox

PROBE = "tests/test_probe.py::test_probe"

HOGS = {
    "sleeps for ever": ("import time; time.sleep(1000)", {"wall_s": 1}, {"timeout"}),
    "loops for ever": ("while True: pass", {"cpu_s": 1}, {"cpu"}),
    "forks for ever": (
        "import os, time\nwhile True:\n    try:\n        os.fork()\n    except OSError:\n"
        "        time.sleep(0.01)",
        {},
        {"processes", "memory"},
    ),
    "starts many processes": (
        "import os, time\nfor _ in range(40):\n    if os.fork() == 0:\n        time.sleep(60)\n"
        "time.sleep(60)",
        {"wall_s": 5},
        {"processes", "finished"},
    ),
    "eats memory in many processes": (
        "import os, time\nfor _ in range(8):\n    if os.fork() == 0:\n"
        "        kept = b'x' * (60 << 20)\n        time.sleep(60)\ntime.sleep(60)",
        {"wall_s": 5},
        {"memory"},
    ),
    "prints for ever": (
        "import os\nwhile True: os.write(2, b'x' * 65536)",
        {"wall_s": 5},
        {"output"},
    ),
    "ends by a segmentation fault": ("import ctypes; ctypes.string_at(0)", {}, {"crashed"}),
    "kills itself": ("import os; os.kill(os.getpid(), 9)", {}, {"crashed"}),
    "aborts": ("import os; os.abort()", {}, {"crashed"}),
    "leaves at once": ("import os; os._exit(0)", {}, {"crashed"}),
    "leaves": ("import sys; sys.exit(0)", {}, {"finished"}),
    "stops pytest": ("import pytest; pytest.exit('enough', 0)", {}, {"finished", "forged"}),
    "interrupts": ("raise KeyboardInterrupt", {}, {"finished", "crashed", "forged"}),
    "closes all files": ("import os; os.closerange(0, 64)", {}, {"crashed", "finished"}),
}


@pytest.mark.parametrize("what", HOGS)
def test_a_hog_never_passes_and_its_ending_is_told(tiny: Any, what: str) -> None:
    body, limits, endings = HOGS[what]
    report = tiny.probe(body, **limits)
    assert report.ending in endings, (report.ending, report.output[-500:])
    assert not report.good(PROBE)
    if report.ending not in ("finished", "forged", "output"):
        assert report.stuck == PROBE


def test_one_process_cannot_have_more_memory_than_allowed(tiny: Any) -> None:
    report = tiny.probe("kept = b'x' * (400 << 20)")
    assert report.ending in ("finished", "memory") and not report.good(PROBE)


@pytest.mark.parametrize("folder", ["/repo", "/tmp", "/dev/shm"])
def test_the_disk_cannot_be_filled(tiny: Any, folder: str) -> None:
    report = tiny.probe(f"""
    try:
        for number in range(64):
            with open(f"{folder}/{{number}}", "wb") as file:
                file.write(b"x" * (1 << 20))
    except OSError:
        kept = number
    assert 8 <= kept <= 16
    """)
    assert report.ending in ("disk", "finished")
    if folder != "/dev/shm":
        assert report.ending == "disk" and not report.good(PROBE)


def test_one_file_cannot_be_larger_than_allowed(tiny: Any) -> None:
    report = tiny.probe("""
    with open("/tmp/large", "wb") as file:
        for _ in range(12):
            file.write(b"x" * (1 << 20))
    """)
    assert not report.good(PROBE)


def test_the_next_run_is_none_the_worse(tiny: Any, tiny_repository: Any) -> None:
    from journeyman.records import Patch

    report = tiny.suite.run(Patch(), tiny_repository.ALL_TESTS)
    assert all(report.good(test) for test in tiny_repository.ALL_TESTS)
    assert tiny.pool.faults == []
