"""The pages an officer sees: one module a concern, one router for all."""

from __future__ import annotations

from fastapi import APIRouter

from ilink_runtime.pages import (
    blank_forms,
    drafts,
    entrance,
    feed,
    messages,
    reference,
    removals,
    review,
    search,
    standard_css,
    threads,
    trying,
)
from ilink_runtime.pages.problem import problem_page

__all__ = ["problem_page", "router"]

_CONCERNS = (
    feed,
    entrance,
    blank_forms,
    drafts,
    messages,
    removals,
    review,
    search,
    threads,
    standard_css,
    reference,
    trying,
)

router = APIRouter(include_in_schema=False)
for concern in _CONCERNS:
    router.include_router(concern.router)
