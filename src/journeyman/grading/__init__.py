"""Is this patch right, in a fresh sandbox."""
