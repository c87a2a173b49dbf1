"""What is sent in these tests. All persons, numbers and facts are invented."""

from __future__ import annotations

from copy import deepcopy
from itertools import count
from typing import Any

_numbers = count(100_000)

#: A person a language: family name and forename in Latin letters, and the family name in its own.
NAMES = {
    "en": ("Béjaoui-Lorne", "Élyas", "البجاوي"),
    "ar": ("Zéraouti", "Tâher", "الزرعوطي"),
    "es": ("Ñahuín Çelebi", "Íker", "ناهوين"),
    "fr": ("Hœrdtlé", "Maïssane", "هردلي"),
}

FACTS = {
    "en": "He is wanted for theft in an invented town.",
    "ar": "وهو مطلوب بتهمة السرقة في مدينة متخيلة.",
    "es": "Se le busca por robo en una ciudad inventada.",
    "fr": "Il est recherché pour vol dans une ville inventée.",
}


def red_notice(language: str, **changes: Any) -> dict[str, Any]:
    """A Red Notice with all that publication needs, its identifiers its own."""
    number = next(_numbers)
    family_name, forename, original = NAMES[language]
    return {
        "message_type": "RedNotice",
        "purpose": "wanted_person",
        "national_reference": f"TUN/CR/{number}",
        "subject": {
            "family_name": f"{family_name} {_spelled(number, 'bdgklmnrst')}",
            "forename": forename,
            "family_name_original": f"{original} {_spelled(number, 'بدغكلمنرست')}",
            "status": "charged",
            "sex": "M",
            "date_of_birth": "1980-05~",
            "nationalities": ["TN", "FR"],
            "identity_documents": [
                {"document_type": "passport", "number": f"X{number}Q", "issuing_country": "TN"}
            ],
            "physical_description": {"height": 178, "eye_colours": ["BRO"], "hair_colours": ["BLA"]},
            "phone_numbers": [{"number": f"+21620{number}"}],
            "bank_accounts": [{"account_number": f"08006{number}771", "country": "TN"}],
        },
        "arrest_warrants": [
            {
                "number": f"17/{number}",
                "kind": "arrest_warrant",
                "country": "TN",
                "issue_date": "2026-03-02",
                "authority": "Tribunal de Sfax",
                "charge": {"text": FACTS[language], "language": language},
                "offence_categories": ["theft"],
                "law_provisions": {"text": "258", "language": language},
                "maximum_penalty": "imprisonment",
                "maximum_penalty_months": 60,
            }
        ],
        "facts_summary": {"text": FACTS[language], "language": language},
        "facts_date": "2026-02-11",
        "facts_country": "TN",
        "assurance_extradition_will_be_sought": True,
        "assurance_authority_valid_warrant": True,
        "assurance_article3": True,
        **deepcopy(changes),
    }


def diffusion(language: str, recipients: list[str], **subject: Any) -> dict[str, Any]:
    """A diffusion about somebody else."""
    return {
        "message_type": "WantedPersonDiffusion",
        "purpose": "wanted_person",
        "recipients": recipients,
        "subject": {
            "family_name": f"Okonwabe {next(_numbers)}",
            "forename": "Chidera",
            "status": "suspect",
            **subject,
        },
        "facts_summary": {"text": FACTS[language], "language": language},
    }


def _spelled(number: int, letters: str) -> str:
    """A name that nobody else has: the digits as letters, with vowels between the Latin ones."""
    vowel = "a" if letters.isascii() else ""
    return "".join(letters[int(digit)] + vowel for digit in str(number)).capitalize()
