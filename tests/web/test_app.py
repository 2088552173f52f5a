from __future__ import annotations

import re
from html.parser import HTMLParser
from types import ModuleType
from urllib.parse import quote

import pytest

pytest.importorskip("starlette")
from starlette.testclient import TestClient

from journeyman.web.app import app_of


@pytest.fixture
def client(shop: ModuleType) -> TestClient:
    return TestClient(app_of(shop.sample(), ["127.0.0.1:8321"]), base_url="http://127.0.0.1:8321")


ADDRESSES = (
    "/",
    "/wiki/concepts/prices",
    "/wiki/folders/src",
    "/wiki/files/" + quote('src/a"b<script>.py'),
    "/wiki/people/Ada%20L",
    "/search?q=<script>alert(1)</script>&explain=1",
    '/search?q="onfocus=alert(1)',
    "/ask?q=<script>alert(1)</script>&about=concepts/prices",
    "/people",
    "/pages",
    "/graph",
    "/code/README.md",
    "/code/" + quote('src/a"b<script>.py') + "?lines=1",
)


class Tags(HTMLParser):
    """Collects elements and refuses what a hostile text could have made."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        assert not [name for name in found if name.startswith("on") or name == "style"], (
            tag,
            found,
        )
        assert tag != "img"
        if tag == "script":
            assert found["src"].startswith(("/assets/", "/graph-data.js"))
        for name in ("href", "src", "action"):
            assert not re.match(r"(?i)\s*(javascript|https?|//)", found.get(name, "")), found
        self.seen.append((tag, found))


@pytest.mark.parametrize("address", ADDRESSES)
def test_hostile_text_makes_no_element_attribute_or_link(client: TestClient, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 200
    tags = Tags()
    tags.feed(answer.text)
    assert ("main", {"id": "main", "tabindex": "-1"}) in tags.seen
    assert "<script>alert" not in answer.text


@pytest.mark.parametrize("address", [*ADDRESSES, "/nothing", "/assets/style.css", "/graph-data.js"])
def test_every_answer_forbids_scripts_that_are_not_its_own(
    client: TestClient, address: str
) -> None:
    headers = client.get(address).headers
    assert "script-src 'self';" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert "default-src 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"


def test_every_link_of_every_page_leads_somewhere(client: TestClient) -> None:
    seen: set[str] = set()
    waiting = ["/"]
    while waiting:
        address = waiting.pop()
        answer = client.get(address)
        assert answer.status_code == 200, address
        if "html" not in answer.headers["content-type"]:
            continue
        tags = Tags()
        tags.feed(answer.text)
        for _, found in tags.seen:
            to = found.get("href", found.get("src", "")).partition("#")[0]
            if to.startswith("/") and to not in seen:
                seen.add(to)
                waiting.append(to)
    assert len(seen) > 20


def test_a_citation_leads_to_its_lines_marked(client: TestClient) -> None:
    page = client.get("/wiki/concepts/prices").text
    assert 'href="/code/src/prices.py?lines=1-2#L1"' in page
    code = client.get("/code/src/prices.py?lines=1-2").text
    assert code.count("marked") == 2
    assert 'id="L2"' in code and 'id="L1-2"' in code
    plain = client.get("/code/src/basket.py").text
    assert "spoken" in plain and "marked" not in plain


def test_a_page_says_how_many_claims_hold_where(client: TestClient) -> None:
    page = client.get("/wiki/concepts/prices").text
    assert "2 of 3 claims hold at ababababab." in page
    assert "1 no longer does and is left out." in page
    assert "Ask Ada first." in page


@pytest.mark.parametrize(
    "address", ["/wiki/concepts/prices", "/search?q=total", "/pages", "/people", "/graph", "/"]
)
def test_text_is_had_by_header_and_says_its_tokens(client: TestClient, address: str) -> None:
    answer = client.get(address, headers={"accept": "text/plain"})
    assert answer.headers["content-type"].startswith("text/plain")
    assert re.match(r"# .* \(about \d+ tokens\)\n", answer.text)
    assert "accept" in answer.headers["vary"]


def test_text_is_had_by_address(client: TestClient) -> None:
    by_header = client.get("/wiki/concepts/prices", headers={"accept": "text/plain"})
    assert client.get("/wiki/concepts/prices.txt").text == by_header.text
    assert client.get("/search.txt?q=total").text.startswith("# total")
    assert "     2 |     return sum(items)" in client.get("/code/src/prices.py.txt").text
    browser = "text/html,application/xhtml+xml,text/plain;q=0.8,*/*;q=0.5"
    html = client.get("/wiki/concepts/prices", headers={"accept": browser})
    assert html.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize("host", ["evil.example:8321", "127.0.0.1", "127.0.0.1:80", ""])
def test_other_hosts_are_refused(client: TestClient, host: str) -> None:
    answer = client.get("/", headers={"host": host})
    assert answer.status_code == 421
    assert "shop" not in answer.text


def test_only_reading_is_answered(client: TestClient) -> None:
    assert client.post("/search?q=total").status_code == 405


@pytest.mark.parametrize(
    "address",
    [
        "/code/../../etc/passwd",
        "/code/%2e%2e/%2e%2e/etc/passwd",
        "/code//etc/passwd",
        "/assets/%2e%2e/app.py",
        "/code/src/prices.py?at=--output=x",
        "/wiki/none",
        "/%00",
    ],
)
def test_what_is_not_there_is_not_found(client: TestClient, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 404
    assert "root:" not in answer.text


def test_search_explains_when_asked(client: TestClient) -> None:
    assert "+2.50" in client.get("/search?q=total&explain=1").text
    assert "+2.50" not in client.get("/search?q=total").text
    assert "Nothing found" in client.get("/search?q=nothing").text


def test_ask_puts_the_pages_own_files_first_and_says_not_found(client: TestClient) -> None:
    answer = client.get("/ask?q=how&about=concepts/prices").text
    hits = re.findall(r'<h2><a href="/code/([^?]+)', answer)
    assert hits[0] == "src/prices.py" and len(hits) == 3
    assert 'href="#passage-4"' in answer and 'id="passage-4"' in answer
    assert "1 of what was said did not hold" in answer
    assert hits.index("src/basket.py") < hits.index("README.md")
    assert "Not found." in client.get("/ask?q=nothing").text


def test_a_notice_is_shown_on_every_page(shop: ModuleType) -> None:
    sample = shop.sample()
    sample.known.told = "The index is being brought up to date"
    client = TestClient(app_of(sample, ["testserver"]))
    for address in ADDRESSES:
        assert "The index is being brought up to date" in client.get(address).text
