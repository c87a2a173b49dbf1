"""A bundle of two message types, made by hand: small enough to read, whole enough for every room."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

from ilink_runtime.bundle import Bundle


def _slot(
    holder: str, name: str, range_: str, kind: str = "type", *, many: bool = False, required: bool = False
) -> dict[str, Any]:
    return {
        "name": name,
        "kind": kind,
        "range": range_,
        "text": f"{holder}.{name}",
        "multivalued": many,
        "required": required,
        "recommended": False,
        "sensitive": False,
        "group": "",
    }


def _type(base: str = "string", search: str = "none", thread: str = "never", **more: Any) -> dict[str, Any]:
    return {
        "base": base,
        "check": None,
        "check_level": "quality",
        "canonical": None,
        "thread": thread,
        "widget": "text",
        "search": search,
        "direction": "auto",
    } | more


def _class(*slots: dict[str, Any], ancestors: tuple[str, ...] = (), thread: str = "never") -> dict[str, Any]:
    return {"ancestors": list(ancestors), "thread": thread, "canonical": None, "slots": list(slots)}


def _message(name: str, *more: dict[str, Any]) -> dict[str, Any]:
    return _class(
        _slot(name, "message_type", "MessageType", required=True),
        _slot(name, "national_reference", "NationalReference"),
        _slot(name, "in_reply_to", "MessageReference"),
        _slot(name, "purpose", "Purpose", "code"),
        _slot(name, "reply_by", "Date"),
        _slot(name, "subject", "Person", "class", required=True),
        _slot(name, "facts_summary", "FreeText", "class"),
        _slot(name, "handling", "Handling", "class"),
        *more,
        ancestors=("Message",),
    )


def _treatment(routing: str, **more: str) -> dict[str, str]:
    return {
        "family": "",
        "notice_type": "",
        "colour": "#5f6368",
        "routing": routing,
        "headline": "subject",
        "retention": "",
        "effect": "none",
        "sender": "any",
        "entered_by": "",
        "answered_by": "",
    } | more


_CLASSES: dict[str, dict[str, Any]] = {
    "RedNotice": _message("RedNotice"),
    "WantedPersonDiffusion": _message(
        "WantedPersonDiffusion", _slot("WantedPersonDiffusion", "recipients", "BureauCode", many=True)
    ),
    "Person": _class(
        _slot("Person", "family_name", "PersonNamePart"),
        _slot("Person", "forename", "PersonNamePart"),
        _slot("Person", "family_name_original", "PersonNamePart"),
        _slot("Person", "sex", "Sex", "code"),
        _slot("Person", "height", "Centimetres"),
        _slot("Person", "date_of_birth", "PartialDate"),
        _slot("Person", "nationalities", "Country", "code", many=True),
        _slot("Person", "phone_numbers", "PhoneContact", "class", many=True),
        _slot("Person", "identity_documents", "IdentityDocument", "class", many=True),
        _slot("Person", "addresses", "Address", "class", many=True),
    ),
    "PhoneContact": _class(_slot("PhoneContact", "number", "PhoneNumber", required=True)),
    "IdentityDocument": _class(
        _slot("IdentityDocument", "number", "DocumentNumber"),
        _slot("IdentityDocument", "issuing_country", "Country", "code"),
    ),
    "Address": _class(
        _slot("Address", "street", "PostalText"),
        _slot("Address", "city", "PlaceName"),
        _slot("Address", "country", "Country", "code"),
    ),
    "FreeText": _class(
        _slot("FreeText", "text", "LongText", required=True),
        _slot("FreeText", "language", "Language", "code", required=True),
        _slot("FreeText", "translations", "TextTranslation", "class", many=True),
    ),
    "TextTranslation": _class(
        _slot("TextTranslation", "language", "Language", "code", required=True),
        _slot("TextTranslation", "text", "LongText", required=True),
    ),
    "Handling": _class(
        _slot("Handling", "confidentiality", "Confidentiality", "code"),
        _slot("Handling", "restricted_to", "BureauCode", many=True),
        _slot("Handling", "hidden_from", "BureauCode", many=True),
    ),
}

_TYPES: dict[str, dict[str, Any]] = {
    "MessageType": _type(),
    "NationalReference": _type(search="identifier"),
    "MessageReference": _type(search="identifier"),
    "BureauCode": _type(),
    "Date": _type("date"),
    "PartialDate": _type(),
    "Centimetres": _type("integer"),
    "PersonNamePart": _type(search="name"),
    "PlaceName": _type(search="text"),
    "PostalText": _type(search="text"),
    "LongText": _type(search="text"),
    "PhoneNumber": _type(search="identifier", thread="strong", canonical="phone", direction="ltr"),
    "DocumentNumber": _type(
        search="identifier", thread="strong", canonical="document_number", direction="ltr"
    ),
}

_COLUMN_TYPES = {"string": "text", "integer": "integer", "number": "float", "date": "date"}

_TABLE_NAMES = {
    "RedNotice": "red_notice",
    "WantedPersonDiffusion": "wanted_person_diffusion",
    "Person": "person",
    "PhoneContact": "phone_contact",
    "IdentityDocument": "identity_document",
    "Address": "address",
    "FreeText": "free_text",
    "TextTranslation": "text_translation",
    "Handling": "handling",
}

_TITLES = {
    "RedNotice": "Red Notice",
    "WantedPersonDiffusion": "Wanted person diffusion",
    "Person.family_name": "Family name",
    "Person.forename": "Forename",
    "Person.phone_numbers": "Phone numbers",
    "PhoneContact.number": "Phone number",
    "IdentityDocument.number": "Number of a document",
}


def small_bundle() -> Bundle:
    """A fresh copy of the small standard: Red Notices and wanted-person diffusions."""
    classes, types = deepcopy(_CLASSES), deepcopy(_TYPES)
    return Bundle(
        directory=Path(__file__).parent,
        standard={
            "name": "small",
            "title": "A small standard",
            "version": "1.0.0",
            "languages": ["en", "ar", "es", "fr"],
            "messages": {
                "RedNotice": _treatment("publication", notice_type="red", short_title="Red"),
                "WantedPersonDiffusion": _treatment("direct", short_title="Diffusion"),
            },
            "classes": classes,
            "types": types,
            "groups": [],
        },
        schema={"$schema": "https://json-schema.org/draft/2020-12/schema", "$defs": _definitions(classes)},
        forms={
            name: {
                "type": name,
                "version": "1.0.0",
                "colour": "#b3261e",
                "routing": "publication",
                "sections": [],
                "rules": [],
                "code_lists": [],
            }
            for name in ("RedNotice", "WantedPersonDiffusion")
        },
        texts={
            "en": {f"{key}.title": title for key, title in _TITLES.items()},
            "ar": {"Person.family_name.title": "اسم العائلة"},
            "es": {"Person.family_name.title": "Apellido"},
            "fr": {"Person.family_name.title": "Nom de famille"},
        },
        code_lists={},
        tables=tuple(tables_of(classes, types)),
        reference={},
    )


def tables_of(classes: dict[str, dict[str, Any]], types: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """The tables of classes as the compiler describes them: a table a class, a table a list of scalars."""
    tables: list[dict[str, Any]] = []
    for name, node in classes.items():
        table = _TABLE_NAMES[name]
        scalars = [slot for slot in node["slots"] if slot["kind"] != "class"]
        columns = [
            {"name": slot["name"], "slot": slot["name"], **_column(slot, types)}
            for slot in scalars
            if not slot["multivalued"]
        ]
        tables.append({"name": table, "class": name, "columns": columns})
        tables += [
            {
                "name": f"{table}_{slot['name']}",
                "class": name,
                "slot": slot["name"],
                "columns": [{"name": "value", **_column(slot, types)}],
            }
            for slot in scalars
            if slot["multivalued"]
        ]
    return tables


def _column(slot: dict[str, Any], types: dict[str, dict[str, Any]]) -> dict[str, Any]:
    known = types.get(slot["range"])
    if known is None:
        return {"type": "text"}
    return {"type": _COLUMN_TYPES[known["base"]]}


def _definitions(classes: dict[str, dict[str, Any]]) -> dict[str, Any]:
    definitions = {name: _object_schema(node) for name, node in classes.items()}
    for name in ("RedNotice", "WantedPersonDiffusion"):
        level = {"$ref": f"#/$defs/{name}", "required": ["facts_summary"]}
        definitions |= {f"{name}.publish": level, f"{name}.quality": {}}
    return definitions


def _object_schema(node: dict[str, Any]) -> dict[str, Any]:
    properties: dict[str, Any] = {}
    for slot in node["slots"]:
        if slot["kind"] == "class":
            member: dict[str, Any] = {"$ref": f"#/$defs/{slot['range']}"}
        else:
            base = _TYPES.get(slot["range"], {"base": "string"})["base"]
            member = {"type": "string" if base == "date" else base}
        properties[slot["name"]] = {"type": "array", "items": member} if slot["multivalued"] else member
    required = [slot["name"] for slot in node["slots"] if slot["required"]]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}
