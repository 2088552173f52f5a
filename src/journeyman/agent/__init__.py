"""Who acts, with which tools."""
