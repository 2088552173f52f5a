"""A policy behind any OpenAI-style chat completions endpoint.

Thin on purpose: it turns the record into messages, asks, and turns the reply into actions. A fault
of the endpoint is retried and then raised as `InfrastructureError`, because an attempt that could
not be played is not an attempt that failed.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import httpx

from journeyman.agent.policy.base import Decision, View
from journeyman.agent.policy.conversation import (
    CHARACTERS_PER_TOKEN,
    Message,
    called_actions,
    fit,
    opening,
    played,
    render,
    sources,
    spoken_text,
    tool_specs,
)
from journeyman.errors import InfrastructureError, SettingsError
from journeyman.records import Turn, canonical_json, digest

NUDGES = 3
LONGEST_WAIT_S = 60.0
RETRIED = frozenset({408, 409, 425, 429})

_HOW = frozenset({"api_key_env", "timeout_s", "retries", "backoff_s"})
"""Settings that say how to reach the model and change nothing in what it says."""


@dataclass(frozen=True)
class ChatSettings:
    """Where the model is and how it is asked.

    Args:
        base_url: Up to and including the version, ``http://localhost:8000/v1``.
        model: The model's name at the endpoint.
        api_key_env: The environment variable with the key; empty for an endpoint without keys.
        temperature: Left to the endpoint if `None`.
        max_tokens: Longest reply, in tokens; left to the endpoint if `None`.
        context_tokens: Longest request (estimated at four characters a token).
        send_seed: Whether to send the attempt's seed; not all endpoints know the field.
        extra: More fields of the request, as the endpoint wants them.
        timeout_s: Seconds without an answer (or the next part of it) until a request has failed.
        retries: How often a failed request is repeated.
        backoff_s: Seconds before the first repetition; doubled each time, 60 at most.
    """

    base_url: str
    model: str
    api_key_env: str = ""
    temperature: float | None = 1.0
    max_tokens: int | None = 4096
    context_tokens: int = 32_000
    send_seed: bool = True
    extra: Mapping[str, Any] = field(default_factory=dict)
    timeout_s: float = 120.0
    retries: int = 5
    backoff_s: float = 1.0

    def __post_init__(self) -> None:
        if not _is_address(self.base_url):
            raise SettingsError(
                f"chat: base_url is {self.base_url!r}",
                "Give the endpoint's full address, for example http://localhost:8000/v1.",
            )
        if not self.model:
            raise SettingsError("chat: no model is named", "Set model to a name the endpoint has.")
        wrong = [
            f"{name} is {value}"
            for name, value, good in (
                ("temperature", self.temperature, (self.temperature or 0.0) >= 0),
                ("max_tokens", self.max_tokens, self.max_tokens is None or self.max_tokens > 0),
                ("context_tokens", self.context_tokens, self.context_tokens > 0),
                ("timeout_s", self.timeout_s, self.timeout_s > 0),
                ("retries", self.retries, self.retries >= 0),
                ("backoff_s", self.backoff_s, self.backoff_s >= 0),
            )
            if not good
        ]
        if wrong:
            raise SettingsError(f"chat: {', '.join(wrong)}", "Give a number that is large enough.")


def _is_address(url: str) -> bool:
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, ValueError):
        return False
    return parsed.scheme in ("http", "https") and bool(parsed.host)


class Chat:
    """Plays tasks with the model that `settings` describe.

    `tools` is tool name to the JSON schema of its arguments, with a description. The name holds a
    digest of everything that is sent, prompts included, but not of the weights, which an endpoint
    does not tell: give retrained weights another model name.
    """

    def __init__(self, settings: ChatSettings, tools: Mapping[str, Mapping[str, Any]]) -> None:
        self.settings = settings
        self.tools = tools
        what = {key: value for key, value in asdict(settings).items() if key not in _HOW}
        identity = digest([what, tool_specs(tools), sources()])
        self.name = f"chat:{settings.model}@{identity}"

    def begin(self, view: View, seed: int) -> Conversation:
        """Return a player; raises `SettingsError` where the key's variable is not set."""
        variable = self.settings.api_key_env
        key = os.environ.get(variable, "") if variable else ""
        if variable and not key:
            raise SettingsError(
                f"chat: the environment variable {variable} is not set",
                f"Put the key of {self.settings.base_url} into it, or name another in api_key_env.",
            )
        if not (key.isascii() and key.isprintable()):
            raise SettingsError(
                f"chat: the key in {variable} holds characters that no key has",
                "Set it again, without quotes, line ends or accents.",
            )
        return Conversation(self.settings, self.tools, view, seed, key)


class Conversation:
    """One attempt. Keeps nothing between turns but what it was begun with."""

    def __init__(
        self,
        settings: ChatSettings,
        tools: Mapping[str, Mapping[str, Any]],
        view: View,
        seed: int,
        key: str,
    ) -> None:
        self._settings = settings
        self._specs = tool_specs(tools)
        self._names = list(tools)
        self._opening = opening(view, self._names)
        self._seed = seed
        self._key = key

    def act(self, turns: Sequence[Turn]) -> Decision:
        """Return the model's next calls; after three nudges without one it has given up.

        Raises `InfrastructureError` when the endpoint stays out of reach, `SettingsError` when it
        refuses the request itself (a wrong key, model or field).
        """
        messages = self._opening + played(turns)
        thought = ""
        with httpx.Client(timeout=self._settings.timeout_s) as client:
            for nudges in range(NUDGES + 1):
                reply = self._ask(client, messages)
                thought, actions = spoken_text(reply), called_actions(reply)
                if actions:
                    return Decision(actions=actions, thought=thought, choice={"nudges": nudges})
                messages += [
                    {"role": "assistant", "content": thought or "…"},
                    {"role": "user", "content": render("nudge", tools=self._names)},
                ]
        return Decision(actions=(), thought=thought, choice={"nudges": NUDGES})

    def _ask(self, client: httpx.Client, messages: Sequence[Message]) -> Message:
        """Send one request, as often as it takes within `retries`, and return the reply."""
        settings = self._settings
        body, problem = self._body(messages), ""
        for attempt in range(settings.retries + 1):
            wait_s = settings.backoff_s * 2**attempt
            try:
                response = client.post(
                    f"{settings.base_url.rstrip('/')}/chat/completions",
                    json=body,
                    headers={"Authorization": f"Bearer {self._key}"} if self._key else None,
                )
            except httpx.RequestError as error:
                problem = f"{type(error).__name__}: {error}"
            else:
                reply = _reply(response)
                if reply is not None:
                    return reply
                problem = self._problem(response)
                wait_s = max(wait_s, _retry_after(response))
            if attempt < settings.retries:
                time.sleep(min(wait_s, LONGEST_WAIT_S))
        raise InfrastructureError(
            f"{settings.base_url}: {problem} (asked {settings.retries + 1} times)",
            "See that the endpoint is up and has room; the attempt is played again on resume.",
        )

    def _body(self, messages: Sequence[Message]) -> Message:
        settings = self._settings
        room = settings.context_tokens - len(canonical_json(self._specs)) // CHARACTERS_PER_TOKEN
        optional = {"temperature": settings.temperature, "max_tokens": settings.max_tokens}
        return {
            "model": settings.model,
            "messages": fit(messages, room),
            "tools": self._specs,
            **{name: value for name, value in optional.items() if value is not None},
            **({"seed": self._seed} if settings.send_seed else {}),
            **settings.extra,
        }

    def _problem(self, response: httpx.Response) -> str:
        """Return what to say of a response that may be retried; raise for one that may not."""
        said = response.text[:500]
        if self._key:
            said = said.replace(self._key, "***")
        if response.is_success:
            return f"not a chat completion: {said}"
        problem = f"HTTP {response.status_code}: {said}"
        if response.status_code in RETRIED or response.is_server_error:
            return problem
        raise SettingsError(
            f"{self._settings.base_url} refused the request for {self._settings.model}: {problem}",
            "Check base_url, model, the key, and that context_tokens is what the model can take.",
        )


def _reply(response: httpx.Response) -> Message | None:
    """Return the message of the first choice, or `None` where there is none."""
    if not response.is_success:
        return None
    try:
        message = response.json()["choices"][0]["message"]
    except (ValueError, KeyError, IndexError, TypeError):
        return None
    return message if isinstance(message, dict) else None


def _retry_after(response: httpx.Response) -> float:
    """Return the seconds that the endpoint asks to wait; 0 if it does not say (or gives a date)."""
    said = response.headers.get("retry-after", "")
    return float(said) if said.isdecimal() else 0.0
