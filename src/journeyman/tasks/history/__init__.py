"""Tasks from what really happened: a repository's own fixes and features, found in its log."""
