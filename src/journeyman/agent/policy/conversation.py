"""Turns as chat messages, within a budget, and replies as actions.

The conversation is rebuilt from the record at every turn instead of being kept, so an attempt that
was interrupted goes on with the words it had. What a model sends is never trusted to be
well-formed: a call that cannot be read becomes an action that the tools refuse with an observation.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from journeyman.agent.policy.base import View
from journeyman.records import Action, Turn

Message = dict[str, Any]

MALFORMED = "unreadable arguments"
"""The argument that holds a call's text when it was not a JSON object; no tool has it."""

DROPPED = "[dropped to save space; call the tool again if you need it]"
CUT = "\n[the rest was cut to save space]"
CHARACTERS_PER_TOKEN = 4
TESTS_SHOWN = 30
TEMPLATES = ("system", "task", "nudge", "malformed")


def tool_specs(tools: Mapping[str, Mapping[str, Any]]) -> list[Message]:
    """Return the `tools` field of a request, from tool name to JSON schema with description."""
    return [
        {
            "type": "function",
            "function": {
                "name": name,
                "description": schema.get("description", ""),
                "parameters": {key: schema[key] for key in schema if key != "description"},
            },
        }
        for name, schema in tools.items()
    ]


def opening(view: View, tools: Sequence[str]) -> list[Message]:
    """Return the system message and the task; these are never dropped."""
    task = render(
        "task",
        statement=view.statement,
        tests=view.tests,
        limit=TESTS_SHOWN,
        files=len(view.files),
    )
    return [
        {"role": "system", "content": render("system", tools=list(tools))},
        {"role": "user", "content": task},
    ]


def played(turns: Sequence[Turn]) -> list[Message]:
    """Return each turn as what the model said and called, and what every call answered."""
    messages: list[Message] = []
    for number, turn in enumerate(turns):
        calls = [_call(f"call_{number}_{k}", action) for k, action in enumerate(turn.actions)]
        messages.append({"role": "assistant", "content": turn.thought or None, "tool_calls": calls})
        for call, action, seen in zip_longest(calls, turn.actions, turn.observations):
            if call is None:
                break
            text = seen.text if seen is not None else "not carried out"
            if MALFORMED in action.arguments:
                text = f"{render('malformed')}\n{text}"
            messages.append({"role": "tool", "tool_call_id": call["id"], "content": text})
    return messages


def fit(messages: Sequence[Message], tokens: int) -> list[Message]:
    """Return `messages` shortened to about `tokens` tokens, at four characters each.

    The oldest observations lose their text first, then the last turn's are cut, then the oldest
    thoughts go. The system message, the task and the calls stay, even if that is too much.
    """
    fitted = [dict(message) for message in messages]
    excess = len(json.dumps(fitted)) - tokens * CHARACTERS_PER_TOKEN
    tools = [index for index, message in enumerate(fitted) if message["role"] == "tool"]
    spoken = [index for index, message in enumerate(fitted) if message["role"] == "assistant"]
    latest = spoken[-1] if spoken else 0
    for index in tools:
        if excess > 0:
            room = len(fitted[index]["content"]) - excess - len(CUT)
            kept = DROPPED if index < latest else fitted[index]["content"][: max(200, room)] + CUT
            excess -= _shorten(fitted[index], kept)
    for index in spoken:
        if excess > 0 and fitted[index].get("tool_calls"):
            excess -= _shorten(fitted[index], None)
    return fitted


def spoken_text(message: Mapping[str, Any]) -> str:
    """Return what a reply says besides its calls; some servers send a list of parts."""
    content = message.get("content")
    if isinstance(content, list):
        content = "".join(
            part["text"]
            for part in content
            if isinstance(part, dict) and isinstance(part.get("text"), str)
        )
    return _storable(content) if isinstance(content, str) else ""


def called_actions(message: Mapping[str, Any]) -> tuple[Action, ...]:
    """Return the tool calls of a reply in order, unreadable ones included."""
    calls = message.get("tool_calls")
    return tuple(_action(call) for call in calls) if isinstance(calls, list) else ()


def render(template: str, **values: Any) -> str:
    """Return the text of one of the package's prompt templates."""
    return _ENVIRONMENT.get_template(f"{template}.j2").render(**values).strip()


def sources() -> dict[str, str]:
    """Return the templates' own texts: they are part of what a policy is."""
    loader = _ENVIRONMENT.loader
    assert loader is not None
    return {name: loader.get_source(_ENVIRONMENT, f"{name}.j2")[0] for name in TEMPLATES}


def _call(identity: str, action: Action) -> Message:
    raw = action.arguments.get(MALFORMED)
    arguments = raw if isinstance(raw, str) else json.dumps(action.arguments, sort_keys=True)
    function = {"name": action.tool, "arguments": arguments}
    return {"id": identity, "type": "function", "function": function}


def _action(call: Any) -> Action:
    function = call.get("function") if isinstance(call, dict) else None
    function = function if isinstance(function, dict) else {}
    raw = function.get("arguments")
    name = _storable(str(function.get("name") or "?"))
    try:
        # some servers send an object instead of its text, and nothing instead of {}
        arguments = json.loads(raw or "{}", parse_constant=_refuse) if _is_text(raw) else raw
        if not isinstance(arguments, dict):
            raise ValueError("not an object")
        json.dumps(arguments, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError):
        text = raw if isinstance(raw, str) else json.dumps(raw)
        return Action(tool=name, arguments={MALFORMED: _storable(text)})
    # a null is how many models leave an argument out
    return Action(tool=name, arguments={k: v for k, v in arguments.items() if v is not None})


def _is_text(raw: Any) -> bool:
    return raw is None or isinstance(raw, str)


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def _storable(text: str) -> str:
    """Replace lone surrogates, which JSON can spell and UTF-8 cannot hold."""
    return text.encode("utf-8", "replace").decode()


def _shorten(message: Message, content: str | None) -> int:
    """Give `message` the new content if that is shorter; return how many characters it saved."""
    saved = len(json.dumps(message["content"])) - len(json.dumps(content))
    if saved <= 0:
        return 0
    message["content"] = content
    return saved


_ENVIRONMENT = Environment(
    loader=PackageLoader("journeyman.agent.policy", "templates"),
    undefined=StrictUndefined,
    autoescape=False,
    trim_blocks=True,
    lstrip_blocks=True,
)
