"""The `journeyman` command. Heavy parts load inside the commands that need them."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line; a `UserError` is a message and exit code 2, never a traceback."""
    from journeyman.cli.commands import app
    from journeyman.errors import JourneymanError, UserError

    try:
        app(standalone_mode=True)
    except UserError as error:
        _say(error)
        sys.exit(2)
    except JourneymanError as error:
        _say(error)
        sys.exit(1)
    except KeyboardInterrupt:
        print("\nInterrupted. Run the same command again to go on from here.", file=sys.stderr)
        sys.exit(130)
    except OSError as error:
        if error.errno != 28:
            raise
        print("error: the disk is full\nMake room and run the same command again.", file=sys.stderr)
        sys.exit(2)


def _say(error: Exception) -> None:
    message = getattr(error, "message", str(error))
    cure = getattr(error, "cure", "")
    print(f"error: {message}", file=sys.stderr)
    if cure:
        print(f"\n{cure}", file=sys.stderr)
