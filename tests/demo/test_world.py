"""The invented world: complete, valid, of many scripts, and the same for the same seed."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import phonenumbers
import pytest

from ilink_runtime.access import SECRETARIAT
from ilink_runtime.bundle import Bundle
from ilink_runtime.demo import OFFICERS, bureaus, portraits, stories
from ilink_runtime.demo.sentences import FOLDER
from ilink_runtime.demo.world import World, is_open, world
from ilink_runtime.validation import Validator, validator
from ilink_runtime.values import Scalar, walk

#: Ranges that are kept for films and books; no other invented phone can be dialled.
FICTIONAL = ("+3363998", "+4917139200", "+447700900", "+4420794609")


@pytest.fixture(scope="module")
def validators(model: Bundle) -> dict[str, Validator]:
    return {
        f"{name}{level}": validator(model.schema, f"{name}{level}")
        for name in model.messages
        for level in ("", ".publish")
    }


def values(model: Bundle, invented: World, kind: str) -> Iterator[Any]:
    for message in (*(case.message for case in invented.cases), *told(invented), invented.draft):
        for part in walk(model, message["message_type"], message):
            if isinstance(part, Scalar) and part.type and part.type.name == kind:
                yield part.value


def told(invented: World) -> list[dict[str, Any]]:
    """The messages of the stories, with a reference in every place of one."""
    references = {case.name: "2026-7K3F9QXB" for case in invented.stories}
    return [stories.resolve(case.message, references, date(2026, 9, 1)) for case in invented.stories]


def test_stories_have_every_type_that_can_be_sent(model: Bundle, invented: World) -> None:
    retired = {c["code"] for c in model.code_lists["NoticeType"]["codes"] if c["status"] == "retired"}
    wanted = {name for name, said in model.messages.items() if said["notice_type"] not in retired}
    assert {case.message["message_type"] for case in invented.sent} == wanted


def test_every_message_of_a_story_may_be_published(invented: World, validators: dict[str, Validator]) -> None:
    for message in told(invented):
        assert validators[f"{message['message_type']}.publish"](message) == []


def test_a_story_that_names_nobody_is_refused() -> None:
    with pytest.raises(KeyError):
        stories.resolve({"concerns": {"message": "nobody"}}, {}, date(2026, 9, 1))


def test_many_messages_of_many_bureaus(invented: World) -> None:
    senders = Counter(case.bureau for case in invented.cases)
    assert len(invented.cases) >= 400
    assert len(senders) >= 16
    assert {"TN", "ES", "FR", "DE", "BR", "EG", "GR", "JP", "KE"} <= senders.keys()
    assert min(senders.values()) > 10


def test_notices_about_people_stand_in_every_status(invented: World) -> None:
    assert {case.message["message_type"] for case in invented.cases} == {
        "RedNotice",
        "BlueNotice",
        "YellowNotice",
        "WantedPersonDiffusion",
    }
    statuses = Counter(case.status for case in invented.cases)
    assert set(statuses) == {"processing", "published", "returned", "sent"}
    assert min(statuses.values()) > 10
    assert 200 < sum(map(is_open, invented.cases)) < len(invented.cases) - 20


def test_the_same_seed_makes_the_same_world(invented: World) -> None:
    assert world(7) == invented
    assert world(8).cases != invented.cases


def test_every_message_can_be_recorded(invented: World, validators: dict[str, Validator]) -> None:
    for case in invented.cases:
        assert validators[case.message["message_type"]](case.message) == []


def test_what_is_published_or_sent_may_be(invented: World, validators: dict[str, Validator]) -> None:
    for message in [c.message for c in invented.cases if c.status in ("published", "sent")]:
        assert validators[f"{message['message_type']}.publish"](message) == []
    assert validators["RedNotice.publish"](invented.draft) == []


def test_some_that_wait_cannot_be_published_yet(invented: World, validators: dict[str, Validator]) -> None:
    waiting = [case.message for case in invented.cases if case.status == "processing"]
    with_faults = [m for m in waiting if validators[f"{m['message_type']}.publish"](m)]
    assert 0 < len(with_faults) < len(waiting) / 2


def test_numbers_are_well_formed(model: Bundle, invented: World) -> None:
    for name in model.messages:
        judge = validator(model.schema, f"{name}.quality")
        for message in (*(case.message for case in invented.cases), *told(invented)):
            if message["message_type"] == name:
                assert [fault for fault in judge(message) if fault.code == "check"] == []


def test_nobody_can_be_called_or_written_to(model: Bundle, invented: World) -> None:
    for number in values(model, invented, "PhoneNumber"):
        parsed = phonenumbers.parse(re.sub("^00", "+", number))
        written = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
        assert written.startswith(FICTIONAL) or not phonenumbers.is_valid_number(parsed), number
    for address in values(model, invented, "EmailAddress"):
        assert address.lower().endswith("@example.org")


def test_names_stand_in_many_scripts_and_nobody_has_an_officers_name(invented: World) -> None:
    people = [case.message["subject"] for case in invented.cases]
    letters = "".join(person.get("family_name_original", "") for person in people)
    scripts = {unicodedata.name(letter).split()[0] for letter in letters if letter.isalpha()}
    assert {"ARABIC", "CYRILLIC", "GREEK", "HEBREW", "CJK", "HANGUL", "THAI", "DEVANAGARI"} <= scripts
    assert any(not person["family_name"].isascii() for person in people if "family_name" in person)
    names = [f"{p['forename']} {p['family_name']}" for p in people if "family_name" in p]
    assert len(set(names)) == len(names)
    assert not set(names) & {officer.name for officer in OFFICERS}


def test_texts_are_in_the_bureaus_language_and_some_are_translated(invented: World) -> None:
    languages = {bureau.code: bureau.language for bureau in bureaus.read()}
    texts = [(c.bureau, c.message["facts_summary"]) for c in invented.cases if "facts_summary" in c.message]
    assert all(text["language"] == languages[bureau] for bureau, text in texts)
    translations = [t for _, text in texts for t in text.get("translations", [])]
    assert {t["language"] for t in translations} == {"en", "fr", "es", "ar"}
    assert {t["state"] for t in translations} == {"machine", "human"}
    assert 0.3 < sum("translations" in text for _, text in texts) / len(texts) < 0.9


def test_every_language_has_the_same_sentences() -> None:
    places = re.compile(r"\{\w+\}")
    english = json.loads((FOLDER / "en.json").read_text("utf-8"))
    for path in FOLDER.glob("*.json"):
        texts = json.loads(path.read_text("utf-8"))
        assert texts.keys() == english.keys(), path.name
        for key, text in texts.items():
            assert sorted(places.findall(text)) == sorted(places.findall(english[key])), (path.name, key)


def test_cases_come_one_after_another_and_the_newest_wait(invented: World) -> None:
    ages = [case.age for case in invented.cases]
    assert all(older > newer for older, newer in pairwise(ages))
    assert all(age > timedelta() for age in ages)
    newest = [c for c in invented.cases[-40:] if c.message["message_type"] != "WantedPersonDiffusion"]
    assert {case.status for case in newest} == {"processing"}


def test_the_draft_of_the_tour_can_be_read_in_madrid(invented: World) -> None:
    facts = invented.draft["facts_summary"]
    assert facts["language"] == "ar"
    assert "es" in [translation["language"] for translation in facts["translations"]]


def test_officers_make_the_tour() -> None:
    assert [(o.bureau, o.step) for o in OFFICERS if o.step] == [("TN", 1), (SECRETARIAT, 2), ("ES", 3)]
    assert {officer.language for officer in OFFICERS} == {"ar", "fr", "es", "en"}


def test_a_file_has_the_fingerprint_of_invented_words(invented: World) -> None:
    attachment = next(c.message["attachments"][0] for c in invented.cases if "attachments" in c.message)
    number = int(re.sub(r"\D", "", attachment["file_name"]))
    words = f"invented {attachment['kind']} {number}".encode()
    assert attachment["sha256"] == hashlib.sha256(words).hexdigest()


def test_a_photograph_is_a_drawing_of_its_own(invented: World) -> None:
    photographs = [photo for case in invented.cases for photo in case.message["subject"]["photographs"]]
    assert len({photo["sha256"] for photo in photographs}) > 0.95 * len(photographs)
    for photo in photographs:
        drawing = portraits.drawn(photo["file_name"])
        assert drawing.startswith(b"\x89PNG\r\n\x1a\n")
        assert (photo["sha256"], photo["size_bytes"]) == (hashlib.sha256(drawing).hexdigest(), len(drawing))
