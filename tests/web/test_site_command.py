from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from types import ModuleType

from typer.testing import CliRunner

from journeyman.cli.commands import app


def test_a_wiki_is_written_from_its_json(shop: ModuleType, tmp_path: Path) -> None:
    root = tmp_path / "shop"
    root.mkdir()
    for path, text in shop.FILES.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    wiki = tmp_path / "wiki.json"
    wiki.write_text(json.dumps(asdict(shop.wiki())))
    out = tmp_path / "out"
    asked = [
        "wiki",
        "export",
        str(out),
        "-i",
        str(root),
        "--wiki",
        str(wiki),
        "-w",
        str(tmp_path / "w"),
    ]
    done = CliRunner().invoke(app, asked)
    assert done.exit_code == 0, done.output
    assert "7 pages, 3 files of code" in done.output
    assert "sum(items)" in (out / "code" / "src" / "prices.py.html").read_text()


def test_what_is_no_wiki_is_said(tmp_path: Path) -> None:
    wiki = tmp_path / "wiki.json"
    wiki.write_text('{"repository": 3}')
    asked = ["wiki", "export", str(tmp_path / "out"), "-i", str(tmp_path), "--wiki", str(wiki)]
    done = CliRunner().invoke(app, asked)
    assert "holds no wiki" in str(done.exception)


def test_the_command_line_is_loaded_without_the_server() -> None:
    code = "import sys, journeyman.cli.commands as c; print({'starlette', 'uvicorn', 'numpy'} & set(sys.modules))"  # noqa: E501
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
