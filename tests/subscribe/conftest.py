"""A whole server on both databases, as the interface has it."""

from __future__ import annotations

from tests.api.conftest import bureaus, standard

__all__ = ["bureaus", "standard"]
