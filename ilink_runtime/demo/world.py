"""The world of the demonstration: which bureau said what, when, to whom, and what became of it.

It follows from the seed alone. The cases end in September 2026, whatever the day; only when a message
was sent is told as an age, so that the list of messages is always fresh.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any

from ilink_runtime.demo import bureaus, messages, stories
from ilink_runtime.demo.cases import Case, Message, Status
from ilink_runtime.demo.numbers import Numbers
from ilink_runtime.demo.officers import OFFICERS
from ilink_runtime.demo.shared import HUB, HUB_MESSAGES, PHONE, SHARED

OLDEST = timedelta(days=60)
#: Of the notices, the newest wait for the General Secretariat; a few of the others were returned.
WAITING = 0.13
RETURNED = 0.06


@dataclass(frozen=True, slots=True)
class World:
    """Cases about invented people, the oldest first; stories of every type; a notice not yet sent."""

    cases: tuple[Case, ...]
    stories: tuple[Case, ...]
    draft: Message

    @property
    def sent(self) -> list[Case]:
        """All messages in the order in which they were sent."""
        return sorted((*self.cases, *self.stories), key=lambda case: case.age, reverse=True)


def world(seed: int) -> World:
    """The world of a seed."""
    random = Random(seed)
    numbers = Numbers(random)
    known = bureaus.read()
    cases = [
        Case(bureau.code, random.choice(messages.KINDS)(random, numbers, bureau))
        for bureau in known
        for _ in range(bureau.messages)
    ]
    random.shuffle(cases)
    codes = [bureau.code for bureau in known]
    for place, case in enumerate(cases):
        newness = place / len(cases)
        case.age = OLDEST * (1 - newness)
        case.status = _status(random, case.message, newness)
        _handle(random, case, [code for code in codes if code != case.bureau])
    _share(random, cases)
    _leave_gaps(cases)
    told = stories.read({bureau.code: bureau for bureau in known})
    return World(tuple(cases), tuple(told), _draft(random, numbers, known))


def is_open(case: Case) -> bool:
    """Whether every bureau may see the message."""
    limits = case.message["handling"].keys() & {"restricted_to", "hidden_from"}
    return case.status != "returned" and not limits and not case.message.get("recipients")


def _status(random: Random, message: Message, newness: float) -> Status:
    if message["message_type"] == "WantedPersonDiffusion":
        return "sent"
    if newness > 1 - WAITING:
        return "processing"
    return "returned" if random.random() < RETURNED else "published"


def _handle(random: Random, case: Case, others: list[str]) -> None:
    """Says who may see the message: most often everybody."""
    handling: dict[str, Any] = {
        "confidentiality": random.choice(("for_official_use_only", "for_official_use_only", "restricted")),
        "conditions_of_use": ["ask_owner_before_action"],
    }
    chance = random.random()
    if chance < 0.06:
        handling["restricted_to"] = sorted(random.sample(others, 2))
    elif chance < 0.12:
        handling["hidden_from"] = sorted(random.sample(others, 2))
    case.message["handling"] = handling
    if case.status == "sent" and random.random() < 0.5:
        case.message["recipients"] = sorted(random.sample(others, 5))


def _share(random: Random, cases: list[Case]) -> None:
    """Ties the threads: each spelling goes to an open message of its bureau that has no other thread."""
    free = [case for case in cases if is_open(case) and case.status != "processing" and _is_of_crime(case)]
    for shared in SHARED:
        for bureau, spelling in shared.spellings:
            case = next(case for case in free if case.bureau == bureau)
            free.remove(case)
            case.message["subject"].setdefault(shared.slot, []).append(spelling)
    for case in random.sample(free, HUB_MESSAGES):
        case.message["subject"].setdefault("phone_numbers", []).append(dict(HUB))


def _is_of_crime(case: Case) -> bool:
    return bool(case.message["message_type"] != "YellowNotice")


def _leave_gaps(cases: list[Case]) -> None:
    """Some that wait cannot be published yet: there is something to return them for."""
    for case in [case for case in cases if case.status == "processing"][::4]:
        del case.message["facts_summary"]


def _draft(random: Random, numbers: Numbers, known: tuple[bureaus.Bureau, ...]) -> Message:
    """What the tour begins with: a notice with a phone that others know too, and a translation for Madrid."""
    first, *_, last = [officer for officer in OFFICERS if officer.step]
    bureau = next(bureau for bureau in known if bureau.code == first.bureau)
    while True:
        draft = messages.red_notice(random, numbers, bureau)
        translations = draft["facts_summary"].get("translations", [])
        if any(translation["language"] == last.language for translation in translations):
            draft["subject"]["phone_numbers"] = [dict(PHONE.spellings[0][1])]
            return draft
