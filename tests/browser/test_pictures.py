"""The pictures of the docs: taken anew by `pytest tests/browser --pictures`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.browser import notices, paper
from tests.browser.conftest import Visit
from tests.browser.house import House
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"
MOST_BYTES = 250_000

FACTS = "يُشتبه في أنه استولى على معدات من مستودع في صفاقس ثم غادر البلاد."
HECHOS = "Se sospecha que sustrajo equipos de un almacén de Sfax y que después salió del país."


def test_take_pictures(visit: Visit, desk: House) -> None:
    """An Arabic sender writes a Red Notice; Madrid reads it in Spanish."""
    notice = _notice()
    subject = notice["subject"]
    tunis = visit("TN", "ar")
    tunis.go("/forms/RedNotice")
    paper.fill(tunis, {"subject": {name: subject[name] for name in list(subject)[:7]}})
    tunis.press("save")
    tunis.page.wait_for_url("**/drafts/*")
    _take(tunis, "form-ar")
    reference = desk.record("tn-ar", notice).reference
    elsewhere = notices.diffusion("en", ["ES", "TN"], phone_numbers=subject["phone_numbers"])
    elsewhere["subject"] |= {"family_name": "Okonwabe", "forename": "Chidera"}
    desk.record("gb-en", elsewhere)
    desk.publish(reference)
    madrid = visit("ES", "es")
    madrid.go(f"/messages/{reference}")
    _take(madrid, "message-es")


def _notice() -> dict[str, Any]:
    notice = notices.red_notice("ar", national_reference="TUN/CR/2026/00417")
    subject = notice["subject"]
    subject |= {
        "family_name": "Zéraouti",
        "forename": "Tâher",
        "family_name_original": "الزرعوطي",
        "identity_documents": [{"document_type": "passport", "number": "X7310482", "issuing_country": "TN"}],
        "phone_numbers": [{"number": "+21620310482"}],
        "warning_markers": ["armed"],
    }
    notice["actions_requested"] = ["arrest", "locate"]
    notice["facts_summary"] = {
        "text": FACTS,
        "language": "ar",
        "translations": [{"language": "es", "text": HECHOS, "state": "human"}],
    }
    return notice


def _take(visitor: Visitor, name: str) -> None:
    visitor.page.evaluate("document.fonts.ready")
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / f"{name}.png"
    visitor.page.screenshot(path=path)
    assert path.stat().st_size < MOST_BYTES
