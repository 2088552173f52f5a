"""Source text of any known language as symbols, references and imports."""
