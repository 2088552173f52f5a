"""The server's end of its conversation: one socket, or its standard input and output.

A container's engine offers a program no other line than those two; what else the program prints
then goes to standard error.
"""

from __future__ import annotations

import os
import socket


class Channel:
    """Two file descriptors with a socket's methods, which may be the same one."""

    def __init__(self, reading: int, writing: int) -> None:
        self._reading, self._writing = reading, writing

    def recv(self, most: int) -> bytes:
        """Return up to `most` bytes; none at the end."""
        return os.read(self._reading, most)

    def sendall(self, data: bytes) -> None:
        """Write all of `data`."""
        view = memoryview(data)
        while view:
            view = view[os.write(self._writing, view) :]

    def receive_fd(self) -> int:
        """Return a descriptor that the other side sends; only a socket can carry one."""
        with socket.socket(fileno=os.dup(self._reading)) as line:
            _, (fd,), _, _ = socket.recv_fds(line, 1, 1)
        return fd

    def close(self) -> None:
        """Close both, as a forked child does that has no business with them."""
        for fd in {self._reading, self._writing}:
            os.close(fd)


def connect(place: str) -> Channel:
    """Return the channel over the descriptor numbered `place`, or over ``stdio``."""
    if place != "stdio":
        return Channel(int(place), int(place))
    reading, writing = os.dup(0), os.dup(1)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    os.dup2(2, 1)
    return Channel(reading, writing)
