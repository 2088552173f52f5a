"""What `journeyman grow` found out, from adoption to the last exam: the report's data.

One `Growth` is written as JSON beside the page that shows it, so that whatever a reader sees can
also be computed with. Parts that may be missing (no valid task, no practice, no history) are
`None` or empty, never filled with zeros that look like measurements. Rates are shares in [0, 1],
intervals cover 95 %, times are seconds unless the name says otherwise.
"""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from journeyman.records.score import Exam, Finite
from journeyman.records.trajectory import Action
from journeyman.records.verdict import Verdict


class Adopted(Finite):
    """The repository, and the environment in which its tests run."""

    name: str
    source: str
    """As typed: a path, a URL, ``owner/name``."""
    commit: str
    language: str
    language_version: str
    """Of the interpreter that runs the tests, such as ``3.12.4``."""
    sandbox_tier: str
    """The isolation in use: ``bubblewrap``, ``landlock``, ``podman``, …"""
    test_command: str
    tests_passing: int
    tests_failing: int
    tests_flaky: int
    tests_skipped: int
    runs: int = 1
    """Runs of the whole suite on the untouched tree that had to agree on what passes."""
    suite_seconds: float
    source_files: int
    covered_files: int
    covered_functions: int
    covered_lines: int
    lock_lines: int
    """Pinned packages in the environment's lock."""
    settings: dict[str, str | int | float | bool | None] = Field(default_factory=dict)
    """Settings in force, by dotted name."""
    date: str
    """When it was adopted, ISO 8601."""


class LedgerRow(Finite):
    """What became of one family's tries; every try has exactly one outcome."""

    source: str = "breakage"
    language: str = "python"
    family: str
    quiet: bool
    """Whether its breakages fail without an exception that points at the place."""
    tried: int
    valid: int
    """Proven to be tasks."""
    survived: int = 0
    """The tests stayed green: nothing would notice the bug."""
    flaky: int = 0
    too_easy: int = 0
    duplicate: int = 0
    too_slow: int = 0
    invalid: int = 0
    """Does not parse, breaks the collection of tests, or the fix does not restore them."""
    other: int = 0
    seconds: float = 0.0

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        outcomes = self.valid + self.survived + self.flaky + self.too_easy + self.duplicate
        outcomes += self.too_slow + self.invalid + self.other
        if outcomes != self.tried:
            raise ValueError(f"{self.family}: {self.tried} tried, but {outcomes} outcomes")
        return self


class CheatRow(Finite):
    """One known way to score without fixing, and how often it worked."""

    cheat: str
    what: str
    scope: Literal["environment", "task"]
    """Tried once on the environment, or on every task."""
    tries: int
    scored: int
    """Tries that scored above zero."""
    stopped: Literal["prevented", "detected", "ignored"] | None
    """Cannot be done, is noticed, or has no effect; `None` where it is not stopped."""
    upper_bound: float | None = None
    """Upper end of the exact one-sided 95 % interval of its rate, where `scored` is zero."""


class Proof(Finite):
    """What every task had to withstand before it counted."""

    runs_per_task: int
    """Runs of the tests on the broken tree that have to agree; a real fix's, on both trees."""
    empty_patch_tries: int
    empty_patch_scored: int
    cheats: tuple[CheatRow, ...] = ()


class Part(Finite):
    """How much of the tasks went into one part of the split."""

    tasks: int
    files: int
    functions: int


class Split(Finite):
    """Practice, validation and held-out tasks, kept apart by `unit`."""

    unit: Literal["file", "function"]
    why: str = ""
    """Why by that unit, and which shares came of it."""
    practice: Part
    validation: Part
    held_out: Part
    near_duplicates_dropped: int = 0
    """Tasks left out because their function is nearly the same as one on a later side."""
    history_questions: int = 0
    """Real fixes from the repository's own history, never practised on."""


class Round(Finite):
    """One cycle of play and training; round 0 is the policy before any."""

    round: int
    practice_return: float | None = None
    """Mean discounted return of the round's practice attempts."""
    validation_test_runs: float | None = None
    """Mean test runs to a fix on validation tasks, capped."""
    pull: float | None = None
    """Distance from the starting policy, in the practice's `pull_measure`."""


class Practice(Finite):
    """Reinforcement learning from code execution, round by round."""

    method: str
    gamma: float
    """Discount per turn of the credit that flows back from later turns."""
    attempts: int
    rounds: tuple[Round, ...]
    chosen_round: int
    """Early stopping: the round whose weights were examined."""
    pull_measure: str
    """Such as ``KL divergence (nats per decision)``."""


class AttemptTurn(Finite):
    """One turn: what was done, what it showed, and what training made of it."""

    actions: tuple[Action, ...]
    observations: tuple[str, ...]
    """Shortened for reading; the store has them whole."""
    log_probability: float | None = None
    """Natural logarithm."""
    reward: float
    discounted_return: float
    advantage: float | None = None


class Attempt(Finite):
    """One attempt shown in full. Diffs are unified."""

    task: str
    policy: str
    family: str
    quiet: bool
    place: str
    """``path::function`` of the broken code."""
    statement: str
    broken_diff: str
    fix_diff: str
    """The reference fix, which the agent never saw."""
    turns: tuple[AttemptTurn, ...]
    test_runs: int
    verdict: Verdict


class WeightChange(Finite):
    """A feature whose weight moved in practice."""

    feature: str
    meaning: str
    before: float
    after: float


class StageCost(Finite):
    """Wall-clock seconds of one stage."""

    stage: str
    seconds: float


class Costs(Finite):
    """What the growing took."""

    stages: tuple[StageCost, ...] = ()
    test_runs: int = 0
    verdict_median_ms: float | None = None
    peak_memory_mib: float | None = None


class Threats(Finite):
    """What the sandbox and the grader hold against, in a paragraph, and where the rest is."""

    summary: str
    document: str
    """Path of the full threat model in the documentation."""


class Growth(Finite):
    """Everything the report of one `journeyman grow` shows."""

    format: Literal[1] = 1
    journeyman_version: str
    adopted: Adopted
    ledger: tuple[LedgerRow, ...] = ()
    proof: Proof | None = None
    split: Split | None = None
    exam: Exam | None = None
    practice: Practice | None = None
    attempts: tuple[Attempt, ...] = ()
    weights: tuple[WeightChange, ...] = ()
    costs: Costs = Costs()
    warnings: tuple[str, ...] = ()
    """Plain sentences about what limits these results."""
    threats: Threats | None = None
