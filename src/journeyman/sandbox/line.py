"""Our end of a line to a process in a sandbox: framed JSON over a socket, with a limit on waiting.

Messages are an eight-byte big-endian length and UTF-8 JSON (`inside/frames.py` is the other end).
"""

from __future__ import annotations

import json
import socket
from typing import Any

LONGEST = 1 << 30
"""Bytes of a message; code under test may have had a hand in one."""


def send(channel: socket.socket, message: dict[str, Any]) -> None:
    """Write one message; raises `OSError`."""
    body = json.dumps(message).encode()
    channel.sendall(len(body).to_bytes(8, "big") + body)


def receive(channel: socket.socket) -> dict[str, Any]:
    """Read one message.

    Raises:
        OSError, EOFError: The line is gone, or nothing came in time.
        ValueError: It is no message.
    """
    size = int.from_bytes(_exactly(channel, 8), "big")
    if size > LONGEST:
        raise ValueError("too long a message")
    message: dict[str, Any] = json.loads(_exactly(channel, size))
    return message


def _exactly(channel: socket.socket, count: int) -> bytes:
    chunks = bytearray()
    while len(chunks) < count:
        data = channel.recv(min(count - len(chunks), 1 << 20))
        if not data:
            raise EOFError
        chunks += data
    return bytes(chunks)
