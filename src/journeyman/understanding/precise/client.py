"""A client of the Language Server Protocol: many questions in flight to a server on its pipes.

One thread and no callbacks: bytes move while an answer is waited for. What the server asks of us
meanwhile (its settings, leave to register something) is answered at once, since servers wait for
that; of what it merely tells us, errors meant for a person are kept. Protocol: version 3.17.
"""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple

from journeyman.errors import LanguageServerError
from journeyman.understanding.precise.frames import Frames, Message, frame
from journeyman.understanding.precise.positions import Encoding
from journeyman.understanding.precise.server_process import ServerProcess

WINDOW = 64
METHOD_NOT_FOUND = -32601
COMPLAINTS = 20

_CAPABILITIES = {
    "general": {"positionEncodings": ["utf-8", "utf-16"]},
    "workspace": {
        "configuration": True,
        "workspaceFolders": True,
        # Claimed, or else some servers watch the whole tree themselves.
        "didChangeWatchedFiles": {"dynamicRegistration": True},
    },
    "textDocument": {
        "synchronization": {"dynamicRegistration": False},
        "definition": {"linkSupport": True},
        # Claimed and never asked for: servers then compute no diagnostics of opened files.
        "diagnostic": {"dynamicRegistration": False},
    },
    "window": {"workDoneProgress": False},
}


class Answer(NamedTuple):
    """What came back for a request: a result (often ``None``), or why the server refused it."""

    result: Any
    refusal: str = ""


class Client:
    """A running server that has been introduced to a source folder.

    `timeout_s` is the longest silence: seconds in which something is asked and nothing answered.
    That is a request's own limit when it is alone, and does not punish one for having waited behind
    others. `session_s` limits the whole life of the server. `options` are sent with the
    introduction; `settings` are given by section (dots go one level down) when the server asks;
    `environment` is added to the server's, which is cleaned. `complaints` are the first errors that
    it wanted a person to see, such as a configuration of the repository that it cannot read: it
    goes on after those, and its answers are worse.

    Everything raises `LanguageServerError`, with the end of the server's error output, when the
    server dies, is silent for too long, or does not speak the protocol. The client is closed then.
    """

    def __init__(
        self,
        command: Sequence[str],
        root: Path,
        timeout_s: float = 30.0,
        *,
        session_s: float | None = None,
        options: Mapping[str, Any] | None = None,
        settings: Mapping[str, Any] | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.root = root.resolve()
        self.timeout_s = timeout_s
        self._end = time.monotonic() + session_s if session_s is not None else float("inf")
        self._session_s = session_s
        self._settings = settings or {}
        self._frames = Frames()
        self._numbers = itertools.count(1)
        self._answers: dict[int, Answer | None] = {}  # None: asked, not answered
        self.complaints: list[str] = []
        self._process = ServerProcess(command, environment or {})
        try:
            self._introduce(options or {})
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the server and everything below it by force: it keeps nothing that could be lost."""
        self._process.close()

    def notify(self, method: str, params: object) -> None:
        """Tell the server something; it goes out, in order, when next an answer is waited for."""
        self._process.send(frame({"jsonrpc": "2.0", "method": method, "params": params}))

    def request(self, method: str, params: object) -> Any:
        """Return the result of one request; a refusal raises `LanguageServerError`."""
        for _, answer in self.requests([(method, params)]):
            if answer.refusal:
                raise LanguageServerError(
                    f"The language server {self._process.name} refused {method}: {answer.refusal}"
                )
            return answer.result
        raise AssertionError("a request ends with an answer or an error")

    def requests(
        self, calls: Iterable[tuple[str, object]], window: int = WINDOW
    ) -> Iterator[tuple[int, Answer]]:
        """Yield (place in `calls`, answer) as answers come, with up to `window` in flight.

        Answers come in the server's order. `calls` is drawn from as there is room.
        """
        upcoming = enumerate(calls)
        waiting: dict[int, int] = {}
        heard = time.monotonic()
        try:
            self._fill(waiting, upcoming, window)
            while waiting:
                came = [number for number in waiting if self._answers[number] is not None]
                if not came:
                    self._listen(self._limit(heard))
                    continue
                for number in came:
                    answer = self._answers.pop(number)
                    assert answer is not None
                    yield waiting.pop(number), answer
                self._fill(waiting, upcoming, window)
                heard = time.monotonic()
        finally:
            for number in waiting:
                self._answers.pop(number, None)

    def _fill(
        self,
        waiting: dict[int, int],
        upcoming: Iterator[tuple[int, tuple[str, object]]],
        window: int,
    ) -> None:
        for place, (method, params) in itertools.islice(upcoming, window - len(waiting)):
            number = next(self._numbers)
            waiting[number] = place
            self._answers[number] = None
            self._process.send(
                frame({"jsonrpc": "2.0", "id": number, "method": method, "params": params})
            )

    def _limit(self, heard: float) -> float:
        limit = heard + self.timeout_s
        if time.monotonic() >= limit:
            raise self._process.failure(f"answered nothing for {self.timeout_s:g} seconds")
        return limit

    def _listen(self, until: float) -> None:
        """Read once and deal with what came; return at `until` when nothing does."""
        if time.monotonic() >= self._end:
            raise self._process.failure(f"was given {self._session_s:g} seconds in all")
        data = self._process.receive(min(until, self._end))
        try:
            for message in self._frames.feed(data):
                self._deal_with(message)
        except ValueError as error:
            raise self._process.failure(f"wrote what is not the protocol: {error}") from None

    def _deal_with(self, message: Message) -> None:
        method, number = message.get("method"), message.get("id")
        if isinstance(method, str) and number is not None:
            reply = self._reply(method, message)
            self._process.send(frame({"jsonrpc": "2.0", "id": number, **reply}))
        elif method == "window/showMessage":
            self._keep_complaint(message.get("params"))
        elif isinstance(number, int) and number in self._answers:
            refusal = message.get("error")
            self._answers[number] = Answer(message.get("result"), _words(refusal))

    def _reply(self, method: str, message: Message) -> Message:
        """Answer what the server asks of its editor, which is honest about being none."""
        params = message.get("params")
        match method:
            case "workspace/configuration":
                asked = params.get("items", []) if isinstance(params, dict) else []
                return {"result": [self._setting(item) for item in asked]}
            case "workspace/workspaceFolders":
                return {"result": self._folders()}
            case "workspace/applyEdit":
                return {"result": {"applied": False, "failureReason": "nothing is edited here"}}
            case "window/showDocument":
                return {"result": {"success": False}}
            case (
                "client/registerCapability"
                | "client/unregisterCapability"
                | "window/workDoneProgress/create"
                | "window/showMessageRequest"
            ):
                return {"result": None}
            case _ if method.endswith("/refresh"):
                return {"result": None}
        return {"error": {"code": METHOD_NOT_FOUND, "message": f"{method} is not supported"}}

    def _keep_complaint(self, params: object) -> None:
        match params:
            case {"type": 1, "message": str(said)} if len(self.complaints) < COMPLAINTS:
                self.complaints.append(said[:500])

    def _setting(self, item: object) -> object:
        section = item.get("section") if isinstance(item, dict) else None
        value: object = self._settings
        for name in section.split(".") if isinstance(section, str) and section else []:
            value = value.get(name) if isinstance(value, Mapping) else None
        return value

    def _folders(self) -> list[dict[str, str]]:
        return [{"uri": self.root.as_uri(), "name": self.root.name or "root"}]

    def _introduce(self, options: Mapping[str, Any]) -> None:
        result = self.request(
            "initialize",
            {
                "processId": os.getpid(),
                "clientInfo": {"name": "journeyman"},
                "rootPath": str(self.root),
                "rootUri": self.root.as_uri(),
                "workspaceFolders": self._folders(),
                "capabilities": _CAPABILITIES,
                "initializationOptions": options,
            },
        )
        said = result if isinstance(result, dict) else {}
        offered = said.get("capabilities")
        if not isinstance(offered, dict):
            raise self._process.failure("answered the introduction without its capabilities")
        self.capabilities: Message = offered
        self.encoding = self._agreed(offered.get("positionEncoding", "utf-16"))
        info = said.get("serverInfo")
        named = [info.get("name"), info.get("version")] if isinstance(info, dict) else []
        self.server = " ".join(str(part) for part in named if part) or self._process.name
        self.notify("initialized", {})

    def _agreed(self, encoding: object) -> Encoding:
        match encoding:
            case "utf-8":
                return "utf-8"
            case "utf-16" | None:
                return "utf-16"
        raise self._process.failure(f"counts columns in {encoding!r}, which was not offered to it")


def _words(refusal: object) -> str:
    if refusal is None:
        return ""
    said = refusal.get("message") if isinstance(refusal, dict) else None
    return said if isinstance(said, str) and said else "no reason given"
