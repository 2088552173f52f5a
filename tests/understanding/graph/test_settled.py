"""What a language server says goes before names, for the very files that it saw."""

from __future__ import annotations

from pathlib import Path

import pytest

from journeyman.understanding.graph import settled as module
from journeyman.understanding.graph.graph import Graph
from journeyman.understanding.graph.settled import settle
from journeyman.understanding.index.index import Index
from journeyman.understanding.index.places import InFolder
from journeyman.understanding.precise import Coverage, Resolved, Site, Target, find

FILES = {
    "a.py": "class A:\n    def close(self):\n        pass\n",
    "b.py": "class B:\n    def close(self):\n        pass\n",
    "c.py": "from a import A\n\n\ndef use():\n    thing = A()\n    thing.close(); print(1)\n",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "root").mkdir()
    for name, text in FILES.items():
        (tmp_path / "root" / name).write_text(text)
    return tmp_path / "root"


def _said(*targets: tuple[Site, Target]) -> Resolved:
    found = {"c.py": {site: (target,) for site, target in targets}}
    return Resolved("a server", found, Coverage(3, 2, 1, 1, 0, 0, 0.1))


def test_an_answer_decides_and_is_forgotten_when_a_file_changes(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: dict[str, list[Site]] = {}

    def resolve(root: Path, language: str, sites: dict[str, list[Site]], *rest: object) -> Resolved:
        asked.update(sites)
        return _said(
            (Site(6, 10, "close"), Target("a.py", 2, 8)), (Site(6, 19, "print"), Target(None, 1, 0))
        )

    monkeypatch.setattr(module, "resolve", resolve)
    with Index(tmp_path / "index") as index:
        index.bring_up_to_date(InFolder(root), workers=1)
        (close, _) = sorted(Graph(index.store).named("close"))
        assert Graph(index.store).callers(close) == []
        settle(index.store, root)
        assert asked["c.py"] == [Site(5, 12, "A"), Site(6, 10, "close"), Site(6, 19, "print")]
        graph = Graph(index.store)
        (use,) = graph.callers(close)
        assert (use.path, use.line, use.how) == ("c.py", 6, "server")
        assert graph.perhaps(close) == 0
        assert graph.coverage().calls == {"server": 1, "outside": 1, "import": 1}
        inside = graph.named("use")[0]
        assert [one.qualified for one in graph.callees(inside)] == ["A", "A.close"]
        (root / "b.py").write_text("x = 1\n")
        index.bring_up_to_date(InFolder(root), workers=1)
        assert "server" not in Graph(index.store).coverage().calls


def test_answers_that_lead_nowhere_certain_are_not_kept(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = _said((Site(6, 10, "close"), Target("c.py", 1, 14)))
    monkeypatch.setattr(module, "resolve", lambda *given: said)
    with Index(tmp_path / "index") as index:
        index.bring_up_to_date(InFolder(root), workers=1)
        settle(index.store, root)
        assert "server" not in Graph(index.store).coverage().calls


@pytest.mark.skipif(find("python") is None, reason="there is no language server for Python here")
def test_a_real_server_tells_methods_of_one_name_apart(root: Path, tmp_path: Path) -> None:
    with Index(tmp_path / "index") as index:
        index.bring_up_to_date(InFolder(root), workers=1)
        assert Graph(index.store).coverage().calls["unresolved"] == 1
        settle(index.store, root)
        graph = Graph(index.store)
        of_a, of_b = sorted(graph.named("close"))
        assert [use.path for use in graph.callers(of_a)] == ["c.py"]
        assert graph.callers(of_b) == []
        assert graph.coverage().unresolved == 0
