"""What is known of a code base."""
