"""Frozen data that several floors speak of; no behaviour beyond reading, writing, hashing."""

from journeyman.records.base import Record, canonical_json, digest
from journeyman.records.patch import Patch
from journeyman.records.task import Place, Task
from journeyman.records.testing import GOOD, Coverage, TestReport, TestResult
from journeyman.records.trajectory import Action, Observation, Trajectory, Turn, attempt_id
from journeyman.records.verdict import Flag, Verdict

__all__ = [
    "GOOD",
    "Action",
    "Coverage",
    "Flag",
    "Observation",
    "Patch",
    "Place",
    "Record",
    "Task",
    "TestReport",
    "TestResult",
    "Trajectory",
    "Turn",
    "Verdict",
    "attempt_id",
    "canonical_json",
    "digest",
]
