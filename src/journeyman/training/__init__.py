"""Make a better policy."""
