"""A language server as a process: its pipes, its cleaned environment, its certain end."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from journeyman.errors import LanguageServerError

_LEASH = Path(__file__).with_name("leash.py")
_CHUNK = 256 * 1024
_TAIL_BYTES = 4096
_TAIL_LINES = 12
_LINE = 300
_END_S = 5.0


class ServerProcess:
    """The command, running below a [leash][journeyman.understanding.precise.leash].

    It works in an empty home of its own with no variable of ours but `PATH` (without relative
    folders), and those in `environment`. It never blocks: bytes to be written wait until the server
    takes them, and what it says is read meanwhile, so that a server which writes before it reads
    cannot lock both of us up.
    """

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self.name = Path(command[0]).name
        self._home = tempfile.TemporaryDirectory(
            prefix="journeyman-language-server-", ignore_cleanup_errors=True
        )
        self._unsent = bytearray()
        self._errors = bytearray()
        held, self._leash = os.pipe()
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", str(_LEASH), str(held), self._home.name, *command],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd=self._home.name,
                env={**clean_environment(self._home.name), **environment},
                pass_fds=[held],
                start_new_session=True,
            )
        except BaseException:
            os.close(self._leash)
            self._home.cleanup()
            raise
        finally:
            os.close(held)
        self._closed = False
        self._selector = selectors.DefaultSelector()
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        self._stdin = process.stdin
        self._stdout = process.stdout
        self._stderr = process.stderr
        for pipe in (self._stdin, self._stdout, self._stderr):
            os.set_blocking(pipe.fileno(), False)
        for output in (self._stdout, self._stderr):
            self._selector.register(output, selectors.EVENT_READ)

    def send(self, data: bytes) -> None:
        """Queue bytes; they leave during `receive`."""
        self._unsent += data

    def receive(self, until: float) -> bytes:
        """Return what the server wrote; nothing when `time.monotonic()` passes `until` before.

        Raises `LanguageServerError` when it ended.
        """
        if self._closed:
            raise LanguageServerError(f"The language server {self.name} was closed.")
        while True:
            self._want_to_write()
            ready = self._selector.select(max(0.0, until - time.monotonic()))
            for key, _ in ready:
                if key.fileobj is self._stdin:
                    self._write()
                elif key.fileobj is self._stderr:
                    self._read_errors()
                else:
                    data = os.read(self._stdout.fileno(), _CHUNK)
                    if not data:
                        raise self.failure(self._how_it_ended())
                    return data
            if not ready and time.monotonic() >= until:
                return b""

    def failure(self, what: str) -> LanguageServerError:
        """End the server; return the error that says `what` happened and what it wrote last."""
        self.close()
        tail = self._errors.decode("utf-8", "replace").splitlines()[-_TAIL_LINES:]
        said = "\n".join(_printable(line[-_LINE:]) for line in tail)
        said = said.strip("\n")
        message = f"The language server {self.name} {what}."
        return LanguageServerError(f"{message} It wrote last:\n{said}" if said else message)

    def close(self) -> None:
        """Kill the server and everything below it; never raises, may be called twice."""
        if self._closed:
            return
        self._closed = True
        self._selector.close()
        os.close(self._leash)
        try:
            self._process.wait(_END_S)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._read_errors_to_the_end()
        for pipe in (self._stdin, self._stdout, self._stderr):
            try:
                pipe.close()
            except OSError:  # what could not be flushed is of no use to a dead server
                continue
        self._home.cleanup()

    def _want_to_write(self) -> None:
        registered = self._stdin in self._selector.get_map()
        if self._unsent and not registered:
            self._selector.register(self._stdin, selectors.EVENT_WRITE)
        elif registered and not self._unsent:
            self._selector.unregister(self._stdin)

    def _write(self) -> None:
        try:
            count = os.write(self._stdin.fileno(), self._unsent[:_CHUNK])
        except BlockingIOError:
            return
        except BrokenPipeError:  # its end is seen on its output, after all it still said
            count = len(self._unsent)
        del self._unsent[:count]

    def _read_errors(self) -> None:
        data = os.read(self._stderr.fileno(), _CHUNK)
        if not data:
            self._selector.unregister(self._stderr)
        self._errors = (self._errors + data)[-_TAIL_BYTES:]

    def _read_errors_to_the_end(self) -> None:
        try:
            while data := os.read(self._stderr.fileno(), _CHUNK):
                self._errors = (self._errors + data)[-_TAIL_BYTES:]
        except BlockingIOError:
            return

    def _how_it_ended(self) -> str:
        try:
            status = self._process.wait(1.0)
        except subprocess.TimeoutExpired:
            return "closed its output"
        if status > 128:
            return f"was killed by signal {status - 128}"
        return f"ended with exit status {status}"


def clean_environment(home: str) -> dict[str, str]:
    """Return the variables a server gets: no tokens, no settings, and `home` for all it keeps."""
    folders = os.environ.get("PATH", os.defpath).split(os.pathsep)
    return {
        "PATH": os.pathsep.join(folder for folder in folders if Path(folder).is_absolute()),
        "HOME": home,
        "TMPDIR": home,
        "LANG": "C.UTF-8",
    }


def _printable(line: str) -> str:
    return "".join(character if character.isprintable() else " " for character in line)
