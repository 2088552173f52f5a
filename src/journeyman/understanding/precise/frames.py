"""The wire of the Language Server Protocol: JSON behind a header that gives its length."""

from __future__ import annotations

import json
from typing import Any

Message = dict[str, Any]

HEADER_BYTES = 8 * 1024
BODY_BYTES = 64 * 1024 * 1024


def frame(message: Message) -> bytes:
    """Return the bytes that carry a message."""
    body = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
    return b"Content-Length: %d\r\n\r\n" % len(body) + body


class Frames:
    """Cuts a stream of bytes into messages, however the bytes come in."""

    def __init__(self) -> None:
        self._pending = bytearray()
        self._length: int | None = None

    def feed(self, data: bytes) -> list[Message]:
        """Return the messages that `data` completes.

        Raises `ValueError` when the stream is not the protocol's: no length, a length or a header
        beyond all measure, a body that is not a JSON object. Nothing more can be read from it then.
        """
        self._pending += data
        found = []
        while (message := self._next()) is not None:
            found.append(message)
        return found

    def _next(self) -> Message | None:
        if self._length is None:
            self._length = self._header()
        if self._length is None or len(self._pending) < self._length:
            return None
        body = bytes(self._pending[: self._length])
        del self._pending[: self._length]
        self._length = None
        try:
            message = json.loads(body)
        except RecursionError:
            raise ValueError("a message is nested too deeply") from None
        if not isinstance(message, dict):
            raise ValueError("a message is not a JSON object")
        return message

    def _header(self) -> int | None:
        end = self._pending.find(b"\r\n\r\n", 0, HEADER_BYTES)
        if end < 0:
            if len(self._pending) >= HEADER_BYTES:
                raise ValueError("no header where one should be")
            return None
        header = bytes(self._pending[:end])
        del self._pending[: end + 4]
        for line in header.split(b"\r\n"):
            name, _, value = line.partition(b":")
            if name.strip().lower() == b"content-length":
                length = value.strip()
                if not length.isdigit() or int(length[:12]) > BODY_BYTES:
                    raise ValueError(f"a length of {length[:40]!r}")
                return int(length)
        raise ValueError(f"a header without a length: {header[:80]!r}")
