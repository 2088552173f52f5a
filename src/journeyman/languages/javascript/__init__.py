"""JavaScript and TypeScript: npm environments; `node --test`, Vitest and Jest."""

from journeyman.languages.javascript.language import JavaScript

__all__ = ["JavaScript"]
