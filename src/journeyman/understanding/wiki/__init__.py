"""Pages about a code base whose every claim can be checked."""
