"""The tools an agent sees over MCP, asked as a client asks them."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from journeyman.pipeline.tool_server import tool_server
from journeyman.pipeline.understand import Understood, understood
from journeyman.workspace import Workspace

mcp = pytest.importorskip("mcp", reason="the package mcp is not installed")


@pytest.fixture
def known(shop_root: Path, tmp_path: Path) -> Iterator[Understood]:
    with understood(str(shop_root), Workspace(tmp_path / "space"), workers=1) as opened:
        yield opened


def _call(known: Understood, tool: str, **given: object) -> str:
    content = asyncio.run(tool_server([known]).call_tool(tool, given))
    blocks = content[0] if isinstance(content, tuple) else content
    return "\n".join(block.text for block in blocks)  # type: ignore[union-attr]


def test_there_are_three_tools_and_each_says_what_it_is_for(known: Understood) -> None:
    tools = asyncio.run(tool_server([known]).list_tools())
    assert {tool.name for tool in tools} == {"search", "symbol", "read"}
    assert all(tool.description and len(tool.description) > 40 for tool in tools)


def test_search_brings_the_graph_along(known: Understood) -> None:
    found = _call(known, "search", question="negative discount", budget=600)
    assert "shop/prices.py:17-19  check_discount" in found
    assert "called by: total" in found


def test_a_symbol_is_told_with_its_users_and_tests(known: Understood) -> None:
    told = _call(known, "symbol", name="total")
    assert "shop/prices.py:8-14 function total" in told
    assert "call from shop/prices.py:32 in Basket.price" in told
    assert "tested by tests/test_prices.py::test_total" in told
    assert "defined nowhere" in _call(known, "symbol", name="nobody")


def test_lines_are_read_and_never_too_many(known: Understood) -> None:
    told = _call(known, "read", path="shop/prices.py", first=17, last=19)
    assert told.split("\n")[1:] == [
        "    17 | def check_discount(discount):",
        "    18 |     if discount < 0:",
        '    19 |         raise ValueError("a discount is not negative")',
    ] or told.startswith("shop/prices.py: ")
    assert "there is no file" in _call(known, "read", path="../../etc/passwd")


def test_what_changes_meanwhile_is_seen(known: Understood, shop_root: Path) -> None:
    new = shop_root / "shop" / "loyalty.py"
    new.write_text("def points_of(customer):\n    return 7\n")
    try:
        assert "shop/loyalty.py:1-2  points_of" in _call(known, "search", question="points_of")
    finally:
        new.unlink()
    assert "loyalty" not in _call(known, "search", question="points_of")


def test_a_real_client_talks_to_the_command(shop_root: Path, tmp_path: Path) -> None:
    from mcp import ClientSession, StdioServerParameters
    from mcp.client.stdio import stdio_client

    async def talk() -> str:
        command = [
            "-m",
            "journeyman",
            "mcp",
            str(shop_root),
            "-w",
            str(tmp_path / "space"),
            "-j",
            "1",
        ]
        server = StdioServerParameters(command=sys.executable, args=command)
        async with stdio_client(server) as (read, write), ClientSession(read, write) as session:
            await session.initialize()
            answer = await session.call_tool("symbol", {"name": "weigh"})
            return json.dumps([block.model_dump() for block in answer.content])

    assert "Parcel.weigh" in asyncio.run(asyncio.wait_for(talk(), 60))
