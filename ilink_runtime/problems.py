"""What can go wrong for a caller, as data: a status, a stable code, faults; prose comes at the edge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ilink_runtime.validation import Fault


class Problem(Exception):
    """A refusal that the caller can understand and mend; rendered as RFC 9457 problem details.

    `message_type` is the type that the faults are about; `more` are further members of the answer.
    """

    def __init__(
        self,
        status: int,
        code: str,
        detail: str = "",
        faults: Sequence[Fault] = (),
        headers: Mapping[str, str] | None = None,
        *,
        message_type: str = "",
        more: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(detail or code)
        self.status = status
        self.code = code
        self.detail = detail
        self.faults = tuple(faults)
        self.headers = dict(headers or {})
        self.message_type = message_type
        self.more = dict(more or {})


def translatable(text: str) -> str:
    """Marks a sentence for the catalogues, as `_("…")`; it is translated where it is shown."""
    return text
