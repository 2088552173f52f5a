"""Frozen, content-hashed records: the data that several floors speak of."""

from __future__ import annotations

import hashlib
import json
from functools import cached_property
from typing import Any

from pydantic import BaseModel, ConfigDict


def canonical_json(value: Any) -> str:
    """Serialise plain data with sorted keys and no spaces, so that equal data hash alike."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def digest(value: Any) -> str:
    """Return the first 20 hexadecimal digits of the SHA-256 of `value`'s canonical JSON."""
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()[:20]


class Record(BaseModel):
    """A frozen record; unknown keys are refused when one is read."""

    model_config = ConfigDict(frozen=True, extra="forbid", ignored_types=(cached_property,))

    def content_hash(self) -> str:
        """Return a digest of everything in the record."""
        return digest(self.model_dump(mode="json"))
