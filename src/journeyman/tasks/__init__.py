"""What is to be done: made, proven, kept apart."""
