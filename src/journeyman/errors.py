"""Every error a person can meet, with what to do about it.

Two families, because they mean opposite things for training:

* `UserError`: something about the input or the machine has to change. Carries a `cure`, shown
  under the message; the command line turns it into exit code 2 without a traceback.
* `InfrastructureError`: our own machinery failed (a sandbox died, a disk is full). It is retried,
  counted and excluded, and never becomes a reward of zero.
"""

from __future__ import annotations


class JourneymanError(Exception):
    """Base of all errors raised on purpose."""

    def __init__(self, message: str, cure: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.cure = cure

    def __str__(self) -> str:
        return f"{self.message}\n{self.cure}" if self.cure else self.message


class UserError(JourneymanError):
    """The input, the settings or the machine must change; `cure` says how."""


class SourceError(UserError):
    """The source cannot be fetched or is not something that can be adopted."""


class SettingsError(UserError):
    """`journeyman.toml` or an option is malformed, unknown or contradictory."""


class AdoptError(UserError):
    """The environment cannot be built or its tests cannot be run."""


class IsolationError(UserError):
    """No sandbox tier can be had on this machine."""


class InfrastructureError(JourneymanError):
    """A fault of the machinery, not of the code under test: retry, count, exclude."""


class LanguageServerError(JourneymanError):
    """A language server is missing, died, hung or did not speak the protocol."""
