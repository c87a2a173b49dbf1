"""What invented people have: documents, phones, accounts, addresses, vehicles, firms."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from ilink_runtime.demo.bureaus import Bureau
from ilink_runtime.demo.numbers import Numbers

#: No maker of these names exists.
CARS = (("Norvia", "Delta 2"), ("Tessaro", "Lince"), ("Kambra", "Nomad"), ("Ostrel", "E4"))
COLOURS = ("black", "white", "grey", "silver", "blue", "red")


def give(random: Random, numbers: Numbers, bureau: Bureau, person: dict[str, Any]) -> None:
    """Gives a person some of what people have; each thing is nobody else's."""
    for slot, (chance, make) in BELONGINGS.items():
        if random.random() < chance:
            person[slot] = [make(random, numbers, bureau)]


def identity_document(random: Random, numbers: Numbers, bureau: Bureau) -> dict[str, Any]:
    """A passport or an identity card, its number with a prefix that no country uses."""
    issued = random.randint(2014, 2024)
    return {
        "document_type": random.choice(("passport", "passport", "identity_card", "driving_licence")),
        "number": numbers.fill(f"X{bureau.code}######"),
        "issuing_country": bureau.code,
        "issue_date": str(issued),
        "expiry_date": str(issued + 10),
        "state": random.choice(("valid", "valid", "stolen", "lost")),
    }


def phone(random: Random, numbers: Numbers, bureau: Bureau) -> dict[str, Any]:
    """A phone."""
    used = f"2026-{random.randint(1, 9):02}"
    return {"number": numbers.fill(bureau.phone), "kind": "mobile", "last_used": used}


def email(random: Random, numbers: Numbers, bureau: Bureau) -> dict[str, Any]:
    """An e-mail address at a domain that is kept for examples."""
    word = random.choice(("harbour", "falcon", "lemon", "marble", "violet"))
    return {"address": numbers.fill(f"{word}.####@example.org")}


def online_account(random: Random, numbers: Numbers, bureau: Bureau) -> dict[str, Any]:
    """A name on an online service that does not exist."""
    word = random.choice(("sea_falcon", "night_tram", "blue_olive", "paper_boat"))
    return {"service": "Example Chat", "handle": numbers.fill(f"@{word}_####")}


def address(random: Random, numbers: Numbers, bureau: Bureau) -> dict[str, Any]:
    """An address in an invented street."""
    latin, original = random.choice(list(bureau.cities.items()))
    street = random.choice(bureau.streets)
    number = numbers.fill(f"{street}/{latin}/###").rpartition("/")[2]
    return {
        "kind": random.choice(("home", "former_home", "work", "visited")),
        "street": street,
        "house_number": number.lstrip("0") or "1000",
        "city": original or latin,
        "country": bureau.code,
    }


def bank_account(random: Random, numbers: Numbers, bureau: Bureau) -> dict[str, Any]:
    """An account at a bank that does not exist: an IBAN where the country has them."""
    number = (
        {"iban": numbers.iban(bureau.account)}
        if "??" in bureau.account
        else {"account_number": numbers.fill(bureau.account)}
    )
    return {**number, "bank_name": "Example Bank", "country": bureau.code, "currency": bureau.currency}


def vehicle(random: Random, numbers: Numbers, bureau: Bureau) -> dict[str, Any]:
    """A car of an invented make; its VIN begins with 0, as no maker's does, and has no I, as none has."""
    make, model = random.choice(CARS)
    return {
        "kind": "car",
        "make": make,
        "model": model,
        "colour": random.choice(COLOURS),
        "registration_plate": numbers.fill(f"{bureau.code} X #####"),
        "registration_country": bureau.code,
        "vin": numbers.fill(f"0{bureau.code.replace('I', '1')}ZZZDEM########"),
        "use": random.choice(("owner", "driver")),
    }


def organisation(random: Random, numbers: Numbers, bureau: Bureau) -> dict[str, Any]:
    """A firm that does not exist."""
    word = random.choice(("Trading", "Transport", "Consulting", "Fruit"))
    return {
        "name": numbers.fill(f"Example {word} ####"),
        "kind": random.choice(("company", "shell_company")),
        "registration_number": numbers.fill(f"{bureau.code}-EX-######"),
        "country": bureau.code,
    }


Make = Callable[[Random, Numbers, Bureau], dict[str, Any]]

#: How often somebody has one, and how it is made.
BELONGINGS: dict[str, tuple[float, Make]] = {
    "identity_documents": (0.6, identity_document),
    "phone_numbers": (0.6, phone),
    "emails": (0.2, email),
    "online_accounts": (0.2, online_account),
    "addresses": (0.6, address),
    "bank_accounts": (0.25, bank_account),
    "vehicles": (0.25, vehicle),
    "organisations": (0.15, organisation),
}
