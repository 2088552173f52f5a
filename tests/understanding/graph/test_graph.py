"""Which definition a name means, and what is left open."""

from __future__ import annotations

import json
from pathlib import Path

from journeyman.understanding.graph.edges import Definition
from journeyman.understanding.graph.graph import Graph
from journeyman.understanding.index.index import Index
from journeyman.understanding.index.places import InFolder


def _one(graph: Graph, name: str, path: str = "") -> Definition:
    (found,) = [one for one in graph.named(name) if path in one.path]
    return found


def test_callers_are_found_in_the_same_file_through_imports_and_under_another_name(
    shop_index: Index,
) -> None:
    graph = Graph(shop_index.store)
    uses = graph.callers(_one(graph, "total"))
    assert [(use.path, use.within.qualified if use.within else "", use.how) for use in uses] == [
        ("shop/prices.py", "Basket.price", "file"),
        ("tests/test_prices.py", "test_total", "import"),
    ]
    assert graph.callees(_one(graph, "total")) == [_one(graph, "check_discount")]
    assert [one.qualified for one in graph.callees(_one(graph, "send_invoice"))] == ["Basket"]


def test_self_means_the_own_class(shop_index: Index) -> None:
    graph = Graph(shop_index.store)
    (use,) = graph.callers(_one(graph, "weigh"))
    assert (use.within and use.within.qualified, use.how) == ("Parcel.price", "class")


def test_tests_of_a_definition_are_those_that_refer_to_it(shop_index: Index) -> None:
    graph = Graph(shop_index.store)
    assert graph.tests_of(_one(graph, "total")) == ["tests/test_prices.py::test_total"]
    assert graph.tests_of(_one(graph, "weigh")) == []


def test_inheritance_and_imports(shop_index: Index) -> None:
    graph = Graph(shop_index.store)
    kinds = {(use.kind, use.path) for use in graph.callers(_one(graph, "Basket"))}
    assert ("inherit", "shop/mail.py") in kinds and ("call", "tests/test_prices.py") in kinds
    assert graph.imports_of("shop/mail.py") == ["shop/prices.py"]
    assert graph.imports_of("README.md") == []


def test_a_name_that_several_have_stays_open_and_is_counted(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (root / "a.py").write_text("class A:\n    def close(self): pass\n    def strip(self): pass\n")
    (root / "b.py").write_text("class B:\n    def close(self): pass\n")
    (root / "c.py").write_text(
        "def use(thing):\n    thing.close()\n    thing.strip()\n    print(open('x'))\n"
    )
    with Index(tmp_path / "index") as index:
        index.bring_up_to_date(InFolder(root), workers=1)
        graph = Graph(index.store)
        close = _one(graph, "close", "a.py")
        assert graph.callers(close) == [] and graph.perhaps(close) == 1
        assert graph.callers(_one(graph, "strip")) == [], "every string has that too"
        assert graph.coverage().calls == {"unresolved": 2, "outside": 2}
        assert graph.coverage().unresolved == 1


def test_what_stands_inside_of_a_function_is_seen_there_alone(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (root / "a.py").write_text(
        "def outer():\n    def helper(): pass\n    helper()\n\n\n"
        "def another():\n    class Fake:\n        def only_here(self): pass\n"
    )
    (root / "b.py").write_text("import a\nhelper()\nthing().only_here()\n")
    with Index(tmp_path / "index") as index:
        index.bring_up_to_date(InFolder(root), workers=1)
        graph = Graph(index.store)
        assert [use.path for use in graph.callers(_one(graph, "helper"))] == ["a.py"]
        assert graph.callers(_one(graph, "only_here")) == []


def test_javascript_imports_lead_to_files(tmp_path: Path) -> None:
    root = tmp_path / "root"
    (root / "lib").mkdir(parents=True)
    (root / "lib" / "parse.js").write_text("export function parseHeader(text) { return text; }\n")
    (root / "main.js").write_text(
        "import { parseHeader } from './lib/parse.js';\nparseHeader('a');\n"
    )
    with Index(tmp_path / "index") as index:
        index.bring_up_to_date(InFolder(root), workers=1)
        graph = Graph(index.store)
        (use,) = [use for use in graph.callers(_one(graph, "parseHeader")) if use.kind == "call"]
        assert (use.path, use.line, use.how) == ("main.js", 2, "import")


def test_definitions_are_plain_data(shop_index: Index) -> None:
    assert json.dumps(Graph(shop_index.store).definitions("shop/prices.py"))


def test_the_only_method_of_a_name_is_meant_only_where_its_class_is_known(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (root / "a.py").write_text("class Query:\n    def unwrap(self): pass\n")
    (root / "b.py").write_text("def one(thing):\n    thing.unwrap()\n")
    (root / "c.py").write_text("import a\n\n\ndef two(thing):\n    thing.unwrap()\n")
    (root / "d.py").write_text("def three():\n    Query().unwrap()\n")
    with Index(tmp_path / "index") as index:
        index.bring_up_to_date(InFolder(root), workers=1)
        graph = Graph(index.store)
        unwrap = _one(graph, "unwrap")
        assert [use.path for use in graph.callers(unwrap)] == ["c.py", "d.py"]
        assert graph.perhaps(unwrap) == 1
