"""Code at a commit: where it comes from, what lies in it, and how it installs and is tested."""
