"""Invented messages: what a bureau says of an invented person, complete enough to be published."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from ilink_runtime.demo import belongings, people
from ilink_runtime.demo.bureaus import Bureau
from ilink_runtime.demo.cases import Message
from ilink_runtime.demo.numbers import Numbers
from ilink_runtime.demo.sentences import free_text

OFFENCES = ("fraud", "drugs", "vehicle_crime", "forgery", "burglary", "money_laundering")


def red_notice(random: Random, numbers: Numbers, bureau: Bureau) -> Message:
    """A request to find and arrest somebody, for the General Secretariat to publish."""
    return {
        "message_type": "RedNotice",
        **_wanted(random, numbers, bureau),
        "extradition_countries": sorted(random.sample(("BR", "DE", "ES", "FR", "GB", "GR", "KE", "TN"), 3)),
    }


def wanted_person_diffusion(random: Random, numbers: Numbers, bureau: Bureau) -> Message:
    """The same request, sent straight to some bureaus or to all."""
    return {"message_type": "WantedPersonDiffusion", **_wanted(random, numbers, bureau)}


def blue_notice(random: Random, numbers: Numbers, bureau: Bureau) -> Message:
    """A request for information about somebody."""
    offence, values = random.choice(OFFENCES), _values(random)
    message = _message(random, numbers, bureau, "information", values)
    subject = people.person(
        random, numbers, bureau, random.choice(("suspect", "suspect", "witness", "charged"))
    )
    belongings.give(random, numbers, bureau, subject)
    return {
        "message_type": "BlueNotice",
        **message,
        "subject": subject,
        **_facts(random, bureau, (offence, "information"), values),
        "offence_categories": [offence],
        "information_sought": ["location", "identity", "criminal_history"][: random.randint(1, 3)],
        "actions_requested": ["collect_information", "inform_owner"],
    }


def yellow_notice(random: Random, numbers: Numbers, bureau: Bureau) -> Message:
    """A search for somebody who is missing, or for the name of somebody who cannot say it."""
    missing, values = random.random() < 0.75, _values(random)
    message = _message(random, numbers, bureau, "locate" if missing else "identify", values)
    subject = people.person(random, numbers, bureau, "missing" if missing else "unidentified")
    if missing:
        belongings.give(random, numbers, bureau, subject)
    else:
        known = ("status", "sex", "physical_description", "photographs", "marks")
        subject = {slot: value for slot, value in subject.items() if slot in known}
    return {
        "message_type": "YellowNotice",
        **message,
        "case": "missing" if missing else "unidentified_living",
        "age_group": "adult",
        "subject": subject,
        **_facts(random, bureau, ("missing" if missing else "unidentified",), values),
        "clothing": free_text(random, bureau.language, ("clothing",), values),
        "actions_requested": ["locate", "inform_owner"] if missing else ["identify", "inform_owner"],
        "assurance_reported_to_police": True,
        "assurance_unknown_to_police": True,
        "assurance_privacy_law": True,
    }


#: The kinds of message; a bureau sends more of those that stand twice.
KINDS: tuple[Callable[[Random, Numbers, Bureau], Message], ...] = (
    red_notice,
    red_notice,
    blue_notice,
    yellow_notice,
    wanted_person_diffusion,
)


def _wanted(random: Random, numbers: Numbers, bureau: Bureau) -> Message:
    """What a Red Notice and a diffusion about a wanted person have in common."""
    offence, values = random.choice(OFFENCES), _values(random)
    message = _message(random, numbers, bureau, "wanted_person", values)
    subject = people.person(random, numbers, bureau, random.choice(("charged", "charged", "suspect")))
    belongings.give(random, numbers, bureau, subject)
    if random.random() < 0.2:
        subject["warning_markers"] = [random.choice(("armed", "violent"))]
        subject["warning_basis"] = "convictions"
        subject["warning_details"] = free_text(random, bureau.language, ("warning",), values)
    decision = {
        "number": numbers.fill("###/####"),
        "issue_date": f"{values['year'] + 1}-{random.randint(1, 9):02}-{random.randint(1, 28):02}",
        "country": bureau.code,
        "authority": bureau.court,
        "charge": free_text(random, bureau.language, (f"{offence}_charge",), values),
        "offence_categories": [offence],
        "law_provisions": free_text(random, bureau.language, ("law",), values),
    }
    months = random.randrange(24, 121, 12)
    if random.random() < 0.25:
        kind, subject["status"] = "judgment", "convicted"
        basis = {"penalty": "imprisonment", "months_imposed": months, "months_remaining": months - 6}
        message["sentences"] = [{**decision, **basis}]
    else:
        kind = "arrest_warrant"
        basis = {"maximum_penalty": "imprisonment", "maximum_penalty_months": months}
        message["arrest_warrants"] = [{**decision, "kind": kind, **basis}]
    return {
        **message,
        "subject": subject,
        **_facts(random, bureau, (offence,), values),
        "attachments": [{"kind": kind, **people.file(random, kind, "pdf", "application/pdf")}],
        "actions_requested": ["arrest", "inform_owner"],
        "assurance_extradition_will_be_sought": True,
        "assurance_authority_valid_warrant": True,
        "assurance_article3": True,
    }


def _values(random: Random) -> dict[str, int]:
    """The numbers that one case repeats wherever it speaks of itself."""
    article = random.randint(900, 980)  # no code has so many of these
    return {
        "year": random.randint(2019, 2024),
        "count": random.randint(3, 48),
        "amount": random.randrange(20_000, 900_000, 5_000),
        "article": article,
        "next": article + 2,
    }


def _message(
    random: Random, numbers: Numbers, bureau: Bureau, purpose: str, values: dict[str, int]
) -> Message:
    """What stands at the edge of every message."""
    return {
        "purpose": purpose,
        "national_reference": numbers.fill(f"{bureau.code}/{values['year']}/#####"),
        "requesting_authority": bureau.police,
        "contact": {"office": bureau.name, "email": f"{bureau.code.lower()}@ncb.example"},
        "urgency": random.choice(("routine", "routine", "urgent")),
    }


def _facts(
    random: Random, bureau: Bureau, sentences: tuple[str, ...], values: dict[str, int]
) -> dict[str, Any]:
    """What happened, when and where."""
    return {
        "facts_summary": free_text(random, bureau.language, sentences, values),
        "facts_date": f"{values['year']}-{random.randint(1, 6):02}",
        "facts_place": random.choice(list(bureau.cities)),
        "facts_country": bureau.code,
    }
