"""A language server that does as it is told: one script, one fault or habit for each test."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from journeyman.understanding.precise import Found
from journeyman.understanding.precise.servers import Server

# What a script can use: `read()` a message, `write(...)` one, `initialize()`, and `serve(answer)`,
# which answers each definition with `answer(params, text of the document)`.
PRELUDE = r"""
import json, os, signal, subprocess, sys, time
documents = {}

def read():
    length = 0
    while (line := sys.stdin.buffer.readline()) not in (b"\r\n", b""):
        if line.lower().startswith(b"content-length:"):
            length = int(line.split(b":")[1])
    if not line:
        sys.exit(0)
    message = json.loads(sys.stdin.buffer.read(length))
    method, params = message.get("method"), message.get("params")
    if method == "textDocument/didOpen":
        documents[params["textDocument"]["uri"]] = params["textDocument"]["text"]
    if method == "textDocument/didClose":
        del documents[params["textDocument"]["uri"]]
    return message

def raw(data):
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()

def write(**message):
    body = json.dumps({"jsonrpc": "2.0", **message}).encode()
    raw(b"Content-Length: %d\r\n\r\n" % len(body) + body)

def initialize(**capabilities):
    message = read()
    assert message["method"] == "initialize", message
    write(id=message["id"], result={
        "capabilities": capabilities, "serverInfo": {"name": "fake", "version": "1"}})
    assert read()["method"] == "initialized"
    return message["params"]

def serve(answer):
    while True:
        message = read()
        if message.get("method") == "textDocument/definition":
            params = message["params"]
            text = documents[params["textDocument"]["uri"]]
            write(id=message["id"], result=answer(params, text))

def here(params, line=0, character=0):
    place = {"line": line, "character": character}
    return {"uri": params["textDocument"]["uri"], "range": {"start": place, "end": place}}
"""


@pytest.fixture
def fake(tmp_path: Path) -> Callable[[str], Found]:
    """Makes a server of a script."""

    def make(script: str) -> Found:
        place = tmp_path / "server.py"
        place.write_text(PRELUDE + script)
        server = Server(program="fake", languages=("python",), get="")
        return Found(server, (sys.executable, "-S", str(place)))

    return make


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty source folder."""
    place = tmp_path / "source with space"
    place.mkdir()
    return place
