"""Messages between processes: an eight-byte big-endian length and UTF-8 JSON, over a socket.

What reads like a socket will do.
"""

from __future__ import annotations

import json
import os
from typing import Any


def send(channel: Any, message: dict[str, Any]) -> None:
    """Write one message."""
    body = json.dumps(message).encode()
    channel.sendall(len(body).to_bytes(8, "big") + body)


def receive(channel: Any) -> dict[str, Any] | None:
    """Read one message; `None` when the other side has closed the socket."""
    head = _exactly(channel, 8)
    body = None if head is None else _exactly(channel, int.from_bytes(head, "big"))
    return None if body is None else json.loads(body)


def write_all(fd: int, data: bytes) -> None:
    """Write to a descriptor until nothing is left."""
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]


def _exactly(channel: Any, count: int) -> bytes | None:
    chunks = bytearray()
    while len(chunks) < count:
        data = channel.recv(min(count - len(chunks), 1 << 20))
        if not data:
            return None
        chunks += data
    return bytes(chunks)
