"""Ask a chat endpoint for text, without tools: for words and code that are checked afterwards."""

from __future__ import annotations

from collections.abc import Sequence

import httpx

from journeyman.agent.policy.base import View
from journeyman.agent.policy.chat import Chat, ChatSettings, Conversation
from journeyman.agent.policy.conversation import Message, spoken_text


class Asker(Conversation):
    """One line to the model that `settings` describe.

    Raises:
        SettingsError: The key's variable is not set.
    """

    def __init__(self, settings: ChatSettings, seed: int = 0) -> None:
        key = Chat(settings, {}).begin(_NOTHING, seed)._key
        super().__init__(settings, {}, _NOTHING, seed, key)
        self.model = settings.model

    def ask(self, *said: str) -> str:
        """Return the model's next words, given what was said so far, the person first.

        Raises:
            InfrastructureError: The endpoint stays out of reach.
        """
        roles = ("user", "assistant")
        messages = [{"role": roles[n % 2], "content": text} for n, text in enumerate(said)]
        with httpx.Client(timeout=self._settings.timeout_s) as client:
            return spoken_text(self._ask(client, messages))

    def _body(self, messages: Sequence[Message]) -> Message:
        body = super()._body(messages)
        del body["tools"]
        return body


_NOTHING = View(task="", statement="", tests=(), files=(), read=lambda path: "")
