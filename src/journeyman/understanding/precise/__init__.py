"""Precise definitions from a language server."""
