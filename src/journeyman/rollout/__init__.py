"""Play tasks with a policy, many at once, and keep every turn."""
