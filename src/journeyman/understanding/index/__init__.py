"""What is known of every file of a repository, kept so that only what changed is read again."""
