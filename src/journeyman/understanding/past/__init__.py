"""What a repository's history knows: words that led to files, files that change together."""
