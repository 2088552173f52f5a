"""`python -m journeyman.cli`."""

from journeyman.cli import main

main()
