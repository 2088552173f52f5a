"""What a person may set, in `journeyman.toml` or with options of the command line.

Every key is a documented field of a frozen model, unknown keys are refused, and `example` writes
the whole file with its comments, so the manual cannot fall behind the code.
"""

from __future__ import annotations

import difflib
import json
import textwrap
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from journeyman.errors import SettingsError

FILE_NAME = "journeyman.toml"

Weight = Annotated[float, Field(ge=0)]

Kind = Literal["bugs", "features", "tests", "documentation", "refactorings", "speed-ups"]
"""What an engineer would call the work of a task; see `tasks.mixture`."""


class Section(BaseModel):
    """One table of `journeyman.toml`; frozen, and unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class EnvironmentSettings(Section):
    """How the repository is installed. What is left out is detected."""

    python: str | None = Field(
        default=None,
        description='Version of Python (like "3.11"), or the path of the interpreter of an '
        "existing environment, which is then used as it is: nothing is installed.",
        examples=["3.11"],
    )
    language: str | None = Field(
        default=None,
        description="Language of the code that is practised on; by default the one with the most "
        "test files.",
        examples=["javascript"],
    )
    install: list[str] | None = Field(
        default=None,
        description='What to install: pip requirements; "." is the repository itself, editable. '
        "For JavaScript: packages as npm names them. Replaces what would be detected.",
        examples=[[".", "pytest-mock>=3"]],
    )
    extras: list[str] | None = Field(
        default=None,
        description="Extras of the repository's package to install with it.",
        examples=[["test"]],
    )
    groups: list[str] | None = Field(
        default=None,
        description="Dependency groups of pyproject.toml to install.",
        examples=[["test"]],
    )
    index_url: str | None = Field(
        default=None,
        description="Package index to use; by default the one uv or pip are set up with.",
        examples=["https://pypi.org/simple"],
    )
    offline: bool = Field(default=False, description="Use only what was downloaded before.")
    timeout_s: float = Field(default=900, gt=0, description="Seconds that installing may take.")


class TestsSettings(Section):
    """Which tests there are and how they are run. What is left out is detected."""

    __test__ = False

    paths: list[str] | None = Field(
        default=None,
        description="Files or directories that hold the tests.",
        examples=[["tests"]],
    )
    runner: str | None = Field(
        default=None,
        description="Test runner: pytest for Python; node, vitest or jest for JavaScript; cargo "
        "for Rust. By default the one that the repository is set up for.",
        examples=["vitest"],
    )
    arguments: list[str] = Field(
        default=[],
        description="More arguments for the test runner.",
        examples=[["-p", "no:randomly"]],
    )
    timeout_s: float = Field(
        default=600, gt=0, description="Seconds that the whole suite may take."
    )
    exclude: list[str] = Field(
        default=[],
        description="Test files left out, as globs (for example those that need the network).",
        examples=[["tests/integration/**"]],
    )
    plugins: bool = Field(
        default=True, description="Whether pytest loads the plugins it finds installed by itself."
    )
    python_path: list[str] | None = Field(
        default=None,
        description="Directories of the repository put on PYTHONPATH.",
        examples=[["src"]],
    )


class CodeSettings(Section):
    """Which files may be broken."""

    include: list[str] = Field(
        default=["**/*.py"], description="Globs of files that may be broken."
    )
    exclude: list[str] = Field(
        default=[],
        description="Globs of files that are never broken; tests never are.",
        examples=[["**/_vendor/**"]],
    )


class TasksSettings(Section):
    """How many tasks are made, and of which kinds."""

    count: int = Field(default=300, ge=1, description="Proven tasks to make.")
    families: dict[str, Weight] = Field(
        default={},
        description="Weight of each family of breakage; 0 leaves it out, unnamed ones weigh what "
        "the page of breakages says.",
        examples=[{"comparison": 2.0, "wrong_variable": 0.5}],
    )
    runs: int = Field(
        default=3, ge=1, description="Runs that have to agree before a task is proven."
    )
    mix: dict[Kind, Weight] = Field(
        default={},
        description="Kinds of task that practice and exam draw from, with their shares of `count`; "
        "bugs alone by default. Others have to be written first (journeyman write, cover, import).",
        examples=[{"bugs": 0.7, "features": 0.2, "tests": 0.1}],
    )
    seed: int = Field(default=0, ge=0, description="Seed of all choices made while making tasks.")


class WrittenSettings(Section):
    """Tasks written from the code that is there, and tests written for it."""

    count: int = Field(default=20, ge=1, description="Proven tasks of one kind to make.")
    tries: int = Field(default=6, ge=1, description="Tries for each of them, at most.")
    mutants: int = Field(
        default=12, ge=1, description="Mutants that tests and examples are judged by, at most."
    )
    functions: int = Field(
        default=40, ge=1, description="Functions that `cover` writes tests for, at most."
    )


class SandboxSettings(Section):
    """What code under test may use. One sandbox is one run of tests."""

    memory_mb: int = Field(default=2048, ge=64, description="Memory, in MiB.")
    processes: int = Field(default=128, ge=1, description="Processes and threads at one time.")
    wall_s: float = Field(
        default=120, gt=0, description="Wall-clock seconds of one run of chosen tests."
    )
    cpu_s: float = Field(
        default=120, gt=0, description="Processor seconds of one process in such a run."
    )
    file_mb: int = Field(default=64, ge=1, description="Size of one written file, in MiB.")
    tmp_mb: int = Field(default=256, ge=1, description="Size of all written files, in MiB.")
    isolation: Literal["auto", "bubblewrap", "landlock", "podman", "docker", "none", "required"] = (
        Field(
            default="auto",
            description="How code under test is kept from this machine. "
            '"auto" (once called "required") takes the best that works here and refuses where none '
            'does; "none" runs the repository\'s code with your own rights. See docs/isolation.md.',
        )
    )


class PracticeSettings(Section):
    """How the engineer practises."""

    rounds: int = Field(default=20, ge=0, description="Rounds of play and learning, at most.")
    tasks: int = Field(default=64, ge=1, description="Tasks played in a round.")
    attempts: int = Field(
        default=4, ge=2, description="Attempts at each task, compared with each other."
    )
    budget: int = Field(default=20, ge=1, description="Test runs an attempt may use.")
    step: float = Field(
        default=0.01,
        gt=0,
        description="How far the choices may move in a round (KL divergence, nats a decision).",
    )
    discount: float = Field(default=0.4, ge=0, le=1, description="Discount of later turns (gamma).")
    pull: float = Field(default=0.1, ge=0, description="Strength of the pull towards the start.")
    patience: int = Field(
        default=4, ge=1, description="Rounds without gain on validation before it ends."
    )
    seed: int = Field(default=0, ge=0, description="Seed of all choices made in practice.")


class ExamSettings(Section):
    """How it is measured whether practice was worth it."""

    fixes: int = Field(default=10, ge=0, description="Later real fixes that are kept for the exam.")
    tasks: int = Field(default=100, ge=1, description="Held-out tasks in the exam, at most.")
    budget: int = Field(
        default=20, ge=1, description="Test runs to a fix that are counted, at most."
    )
    resamples: int = Field(
        default=2000, ge=100, description="Bootstrap samples behind an interval."
    )


class HistorySettings(Section):
    """How the repository's own past becomes tasks."""

    commits: int = Field(default=500, ge=1, description="Newest commits that are looked at.")
    since: str = Field(
        default="", description='Only commits since then, as Git understands a date ("2024-01-01").'
    )
    features: bool = Field(
        default=True, description="Whether features with tests are asked for too, not only fixes."
    )
    most_files: int = Field(
        default=10, ge=1, description="Changes of more code files than this are no questions."
    )
    issues: str | None = Field(
        default=None,
        description="Folder with the texts of issues and pull requests: 123.md, or 123.json as "
        "`gh issue view 123 --json title,body` gives it.",
        examples=["issues"],
    )
    releases: int = Field(
        default=0,
        ge=0,
        description="Of a pypi: source, this many releases up to the one named become commits, so "
        "that it has a history; 0 takes the one release alone.",
    )
    reverted: int = Field(
        default=0,
        ge=0,
        description="Older fixes undone in the tree that is practised on, as practice tasks, at "
        "most.",
    )


class WikiSettings(Section):
    """What a team says itself about its code, for the wiki; this has the last word."""

    imitate: list[str] = Field(
        default=[],
        description="Globs of files that new code should look like.",
        examples=[["src/shop/orders/**"]],
    )
    avoid: list[str] = Field(
        default=[],
        description="Globs of files that nobody should copy from.",
        examples=[["src/shop/legacy/**"]],
    )


class Settings(Section):
    """All settings of a run."""

    environment: EnvironmentSettings = EnvironmentSettings()
    tests: TestsSettings = TestsSettings()
    code: CodeSettings = CodeSettings()
    tasks: TasksSettings = TasksSettings()
    written: WrittenSettings = WrittenSettings()
    sandbox: SandboxSettings = SandboxSettings()
    practice: PracticeSettings = PracticeSettings()
    exam: ExamSettings = ExamSettings()
    history: HistorySettings = HistorySettings()
    wiki: WikiSettings = WikiSettings()


def load(
    path: Path | None = None,
    overrides: Mapping[str, Any] | None = None,
    base: Settings | None = None,
) -> Settings:
    """Return the settings of the file at `path`, or `base`, with `overrides` put over them.

    `overrides` maps dotted keys (``tasks.count``) to values; they come from the command line.
    Raises `SettingsError` naming file, key and cure.
    """
    data = _read(path) if path is not None else (base or Settings()).model_dump()
    _check(data, str(path))
    for dotted, value in (overrides or {}).items():
        _check(_nested(dotted, value), f"option {dotted}")
        section, _, key = dotted.partition(".")
        data = {**data, section: {**data.get(section, {}), key: value}}
    return Settings.model_validate(data)


def example() -> str:
    """Return a `journeyman.toml` with every key, its meaning and its default, commented out."""
    lines = ["# journeyman.toml: every key, with its default (or an example where there is none)."]
    for name, section in _sections().items():
        lines += ["", *_comment(section.__doc__ or ""), f"[{name}]"]
        for key, field in section.model_fields.items():
            shown = field.default
            if shown is None or (shown in ([], {}) and field.examples):
                shown = (field.examples or [""])[0]
                lines += ["", *_comment(f"{field.description} Example:")]
            else:
                lines += ["", *_comment(f"{field.description}{_choices(field.annotation)}")]
            lines.append(f"# {key} = {_toml(shown)}")
    return "\n".join(lines) + "\n"


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8"))
    except FileNotFoundError:
        raise SettingsError(
            f"{path}: there is no such file.", "Correct the path, or leave the option out."
        ) from None
    except UnicodeDecodeError as error:
        raise SettingsError(
            f"{path}: byte {error.start} is not UTF-8.", "Save the file as UTF-8."
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(
            f"{path}: malformed TOML: {error}.",
            "Correct that line; strings need quotes, lists need brackets.",
        ) from None
    except OSError as error:
        raise SettingsError(
            f"{path}: cannot be read: {error.strerror}.", "Correct its permissions or the path."
        ) from None


def _check(data: dict[str, Any], where: str) -> None:
    try:
        Settings.model_validate(data)
    except ValidationError as error:
        raise _explain(error, where) from None


def _explain(error: ValidationError, where: str) -> SettingsError:
    first = error.errors()[0]
    location = [str(part) for part in first["loc"]]
    dotted = ".".join(location)
    if first["type"] != "extra_forbidden":
        cure = "Correct the value." + _help(location)
        return SettingsError(f"{where}: {dotted}: {first['msg']}, not {first['input']!r}.", cure)
    sections = _sections()
    known = list(sections) if len(location) == 1 else list(sections[location[0]].model_fields)
    near = difflib.get_close_matches(location[-1], known, n=1, cutoff=0.5)
    if near:
        cure = f"Did you mean {'.'.join([*location[:-1], near[0]])}?"
    elif owners := [name for name, s in sections.items() if location[-1] in s.model_fields]:
        cure = f"Did you mean {owners[0]}.{location[-1]}?"
    else:
        cure = f"Known here: {', '.join(known)}."
    return SettingsError(f"{where}: unknown key {dotted}.", cure)


def _help(location: list[str]) -> str:
    section = _sections().get(location[0])
    field = section.model_fields.get(location[1]) if section and len(location) > 1 else None
    return f" {location[0]}.{location[1]}: {field.description}" if field else ""


def _nested(dotted: str, value: Any) -> dict[str, Any]:
    section, _, key = dotted.partition(".")
    return {section: {key: value}} if key else {section: value}


def _sections() -> dict[str, type[BaseModel]]:
    return {
        name: field.annotation
        for name, field in Settings.model_fields.items()
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)
    }


def _choices(annotation: Any) -> str:
    choices = get_args(annotation)
    if not choices or not all(isinstance(choice, str) for choice in choices):
        return ""
    return f" One of {', '.join(_toml(choice) for choice in choices)}."


def _comment(text: str) -> list[str]:
    return [f"# {line}" for line in textwrap.wrap(text, 94)]


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        inside = ", ".join(f"{key} = {_toml(item)}" for key, item in value.items())
        return f"{{ {inside} }}" if inside else "{}"
    if isinstance(value, list):
        return f"[{', '.join(_toml(item) for item in value)}]"
    return json.dumps(value, ensure_ascii=False)
