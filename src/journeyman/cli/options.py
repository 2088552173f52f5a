"""The options that commands share, each written once, and what they open.

A command names those it wants: ``@takes("workspace", "workers")`` puts them behind the command's
own parameters and hands them over as one `Options`. Without a settings file, a command on an
adopted project starts from the settings that project was last adopted or grown with, so that it
works on the same tasks without being told again.
"""

from __future__ import annotations

import functools
import inspect
import os
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import typer

from journeyman.workspace import DEFAULT, Project, Workspace

if TYPE_CHECKING:
    from journeyman.agent.policy.asking import Asker
    from journeyman.agent.policy.chat import Chat
    from journeyman.pipeline.adopted import Adopted
    from journeyman.progress import Progress
    from journeyman.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Options:
    """What the shared options say; those that a command does not take have their defaults."""

    workspace: Annotated[
        Path,
        typer.Option("--workspace", "-w", help="Folder that holds everything Journeyman writes."),
    ] = Path(DEFAULT)
    project: Annotated[
        str | None, typer.Option("--project", "-p", help="Which adopted repository, if several.")
    ] = None
    config: Annotated[
        Path | None,
        typer.Option(
            "--config",
            "-c",
            help="Settings file; else ./journeyman.toml, else what the project was adopted with.",
        ),
    ] = None
    assignments: Annotated[
        list[str] | None,
        typer.Option("--set", "-s", help="One setting, as section.key=value (TOML). Repeatable."),
    ] = None
    workers: Annotated[
        int | None, typer.Option("--workers", "-j", min=1, help="Test runs at a time.")
    ] = None
    tasks: Annotated[int | None, typer.Option("--tasks", min=1, help="Proven tasks to make.")] = (
        None
    )
    unisolated: Annotated[
        bool,
        typer.Option(
            "--unisolated",
            help="Run the repository's code with your own rights. "
            "Needs environment.python as a path.",
        ),
    ] = False
    chat_url: Annotated[
        str | None,
        typer.Option(
            "--chat-url", help="Also examine a model: base URL of an OpenAI-style endpoint."
        ),
    ] = None
    chat_model: Annotated[str | None, typer.Option("--chat-model", help="Its model's name.")] = None
    chat_key_env: Annotated[
        str, typer.Option("--chat-key-env", help="Environment variable that holds its key.")
    ] = "OPENAI_API_KEY"

    @property
    def place(self) -> Workspace:
        """The workspace."""
        return Workspace(self.workspace)

    def settings(self) -> Settings:
        """Return the settings that a new source is adopted with.

        Raises:
            SettingsError: The file or an option is not understood.
        """
        from journeyman.settings import load

        return load(_config(self.config), self._overrides())

    def settings_of(self, project: Project) -> Settings:
        """Return the settings for an adopted project: where no file says otherwise, its own."""
        from journeyman.repository.adoption import current
        from journeyman.settings import load

        return load(_config(self.config), self._overrides(), current(project).settings)

    def opened(self, progress: Progress) -> Adopted:
        """Open the adopted project.

        Raises:
            UserError: There is none, or it is not clear which.
        """
        from journeyman.pipeline.adopt import reopen

        project = self.place.existing(self.project)
        settings = self.settings_of(project)
        return reopen(project, settings, progress=progress, workers=self.workers)

    def chat(self) -> Chat | None:
        """Return the policy behind the chat endpoint, if one was given.

        Raises:
            SettingsError: Only half of it was given.
        """
        if self.chat_url is None and self.chat_model is None:
            return None
        from journeyman.agent.policy.chat import Chat, ChatSettings
        from journeyman.agent.tools import SCHEMAS
        from journeyman.errors import SettingsError

        if not self.chat_url or not self.chat_model:
            raise SettingsError(
                "--chat-url and --chat-model belong together",
                "Give both, for example --chat-url http://localhost:8000/v1 --chat-model qwen3.",
            )
        key = self.chat_key_env if os.environ.get(self.chat_key_env) else ""
        return Chat(
            ChatSettings(base_url=self.chat_url, model=self.chat_model, api_key_env=key), SCHEMAS
        )

    def asker(self) -> Asker | None:
        """Return a line to the chat endpoint for plain questions, if one was given.

        Raises:
            SettingsError: Only half of it was given, or its key is missing.
        """
        chat = self.chat()
        if chat is None:
            return None
        from journeyman.agent.policy.asking import Asker

        return Asker(chat.settings)

    def _overrides(self) -> dict[str, Any]:
        from journeyman.cli.assignments import parse_assignments

        overrides = parse_assignments(self.assignments or [])
        if self.tasks is not None:
            overrides["tasks.count"] = self.tasks
        if self.unisolated:
            overrides["sandbox.isolation"] = "none"
        return overrides


def takes(*names: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command the shared options called `names`, as its parameter ``options``."""
    hints = get_type_hints(Options, include_extras=True)
    defaults = {field.name: field.default for field in fields(Options)}
    shared = [
        inspect.Parameter(
            name, inspect.Parameter.KEYWORD_ONLY, default=defaults[name], annotation=hints[name]
        )
        for name in names
    ]

    def give(command: Callable[..., None]) -> Callable[..., None]:
        signature = inspect.signature(command, eval_str=True)
        own = [one for one in signature.parameters.values() if one.name != "options"]

        @functools.wraps(command)
        def run(*arguments: Any, **given: Any) -> None:
            chosen = Options(**{name: given.pop(name) for name in names})
            command(*arguments, options=chosen, **given)

        parameters = sorted([*own, *shared], key=lambda one: one.kind)
        run.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
        run.__annotations__ = {one.name: one.annotation for one in parameters}
        return run

    return give


def _config(given: Path | None) -> Path | None:
    from journeyman.settings import FILE_NAME

    return Path(FILE_NAME) if given is None and Path(FILE_NAME).is_file() else given
