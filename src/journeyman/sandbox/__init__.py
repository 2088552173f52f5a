"""Isolated, copy-on-write trees in which code runs, and the test runners inside them."""
