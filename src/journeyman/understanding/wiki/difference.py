"""What changed between two wikis: pages and claims that are new, and those that are gone."""

from __future__ import annotations

from dataclasses import dataclass

from journeyman.understanding.wiki.page import Page, Wiki


@dataclass(frozen=True)
class Difference:
    """One page's claims that one wiki has and the other has not, in their order.

    `state` is ``new``, ``gone`` or ``changed``.
    """

    slug: str
    title: str
    state: str
    added: tuple[str, ...]
    gone: tuple[str, ...]


def difference(old: Wiki, new: Wiki) -> list[Difference]:
    """Return how `new` differs from `old`, page by page, in the order of the pages."""
    before = {page.slug: page for page in old.pages}
    after = {page.slug: page for page in new.pages}
    found = []
    for slug in dict.fromkeys([*after, *before]):
        was, now = before.get(slug), after.get(slug)
        said, says = _claims(was), _claims(now)
        added = tuple(text for text in says if text not in said)
        gone = tuple(text for text in said if text not in says)
        page = now or was
        if page is not None and (added or gone or was is None or now is None):
            state = "new" if was is None else "gone" if now is None else "changed"
            found.append(Difference(slug, page.title, state, added, gone))
    return found


def _claims(page: Page | None) -> dict[str, None]:
    if page is None:
        return {}
    return {claim.text: None for section in page.sections for claim in section.claims}
