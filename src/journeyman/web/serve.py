"""Serve a wiki on this machine until Ctrl-C."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import suppress

from journeyman.errors import UserError
from journeyman.understanding.wiki.page import Wiki
from journeyman.web.app import Known, Shown, app_of
from journeyman.web.code import Code
from journeyman.web.needs import need_web
from journeyman.web.site import Site

HOST, PORT = "127.0.0.1", 8321


def serve(
    wiki: Wiki,
    code: Code,
    known: Known,
    *,
    host: str = HOST,
    port: int = PORT,
    say: Callable[[str], None] = print,
) -> None:
    """Show a wiki, its code, search and graph to browsers; returns after Ctrl-C.

    Args:
        port: 0 takes one that is free.
        say: Told the address, and the end.

    Raises:
        UserError: The extra ``web`` is not installed, or the address cannot be had.
    """
    need_web()
    import uvicorn

    shown = Shown(Site(wiki), code, known)
    with _listening(host, port) as listening:
        port = listening.getsockname()[1]
        names = own_names(host, port)
        config = uvicorn.Config(
            app_of(shown, names),
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=2,
        )
        say(f"{wiki.repository}: http://{names[0]}/ (Ctrl-C ends it)")
        if host not in ("127.0.0.1", "::1", "localhost"):
            say("note: others on the network can read this, the code included")
        with suppress(KeyboardInterrupt):
            uvicorn.Server(config).run(sockets=[listening])
        say("ended")


def own_names(host: str, port: int) -> list[str]:
    """Return the values of the header Host under which a server is called, its main one first."""
    local = ["127.0.0.1", "localhost", "[::1]"]
    shown = f"[{host}]" if ":" in host else host
    hosts = local if host in ("127.0.0.1", "0.0.0.0", "::", "localhost", "::1") else [shown, *local]
    if host in ("0.0.0.0", "::"):
        hosts = [*hosts, socket.gethostname(), *_addresses()]
    if host == "::1":
        hosts = ["[::1]", *hosts]
    names = [f"{name}:{port}" for name in dict.fromkeys(hosts)]
    return names + list(dict.fromkeys(hosts)) if port == 80 else names


def _addresses() -> list[str]:
    try:
        found = socket.getaddrinfo(socket.gethostname(), None, type=socket.SOCK_STREAM)
    except OSError:
        return []
    return [f"[{one[4][0]}]" if one[0] == socket.AF_INET6 else str(one[4][0]) for one in found]


def _listening(host: str, port: int) -> socket.socket:
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        made = socket.socket(family)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            made.bind(address)
            made.listen(64)
        except OSError:
            made.close()
            raise
    except OSError as error:
        raise UserError(
            f"{host}:{port} cannot be listened on: {error.strerror}",
            "Another server may have it: choose another --port, or --port 0 for one that is free.",
        ) from error
    return made
