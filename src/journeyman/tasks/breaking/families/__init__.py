"""The built-in families of breaks, one a file."""
