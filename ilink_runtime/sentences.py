"""Sentences of faults: what is wrong and what to do, in the reader's language, with the field's label."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from ilink_runtime.bundle import Bundle, SlotPlace
from ilink_runtime.classes import possible
from ilink_runtime.languages import Languages
from ilink_runtime.validation import Fault
from ilink_runtime.values import escape

#: The names of the classes of objects, by their JSON Pointers.
Classes = Mapping[str, str]
_UNKNOWN: Classes = {}


def _(text: str) -> str:
    """Marks a sentence for the catalogues; it is translated where it is used."""
    return text


#: By code of the fault. "%(label)s" is the field, as the form names it.
SENTENCES: dict[str, str] = {
    "required": _("%(label)s: this is needed."),
    "unknown_field": _("There is no field “%(name)s” here. Take it out, or correct its name."),
    "type": _("%(label)s: this must be %(expected)s."),
    "not_in_list": _("%(label)s: this code is not in the list. Choose one from the list."),
    "const": _("%(label)s: this must be “%(limit)s”."),
    "pattern": _("%(label)s: this is not written as expected."),
    "pattern_example": _("%(label)s: this is not written as expected. Write it like this: %(example)s"),
    "too_short": _("%(label)s: this is too short."),
    "too_long": _("%(label)s: this is too long; %(limit)s characters at most."),
    "too_small": _("%(label)s: this cannot be less than %(limit)s."),
    "too_large": _("%(label)s: this cannot be more than %(limit)s."),
    "too_few": _("%(label)s: give at least %(limit)s."),
    "too_many": _("%(label)s: give %(limit)s at most."),
    "repeated": _("%(label)s: the same entry stands here twice. Remove one."),
    "not_allowed": _("%(label)s: this is not allowed here."),
    "alternatives": _("Give one of these: %(labels)s."),
    "leads_nowhere": _(
        "%(label)s: there is nothing at this place in the message, so nothing would be hidden."
    ),
    "cannot_be_restricted": _("%(label)s: this part cannot be hidden, because the system works by it."),
    "too_early": _("%(label)s: choose %(day)s or a later day."),
    "too_late": _("%(label)s: choose %(day)s or an earlier day."),
    "no_such_message": _("%(label)s: there is no message with this reference that you may see."),
    "not_owner": _("%(label)s: only the bureau that owns that message may send this."),
    "bears_nothing": _("%(label)s: that message is a request, has ended or is set aside already."),
    "not_issuer": _("%(label)s: only the country that stands here may enter this, and it is not yours."),
}
REQUIRED_BY_LEVEL = {
    "publish": _("%(label)s: this is needed before publication."),
    "quality": _("%(label)s: add this if you know it."),
}
NONE_OF_SEVERAL = _("%(label)s: this is nothing that can stand here.")
UNKNOWN_FIELD_NEAR = _("There is no field “%(name)s” here. Did you mean “%(suggestion)s”?")

#: By name of the check that failed.
CHECKS: dict[str, str] = {
    "date": _("%(label)s: there is no such day in the calendar."),
    "partial_date": _("%(label)s: there is no such date in the calendar."),
    "instant": _("%(label)s: this is not a date and time with its zone."),
    "moment": _("%(label)s: this is not a date and time. Write it like 2026-11-23T09:30:00."),
    "day_or_moment": _("%(label)s: this is neither a day nor a date and time."),
    "date_order": _("%(label)s: this date is earlier than the date that must come before it."),
    "number_range": _(
        "%(label)s: this cannot be the last number. It has the letters and as many digits as the first one,"
        " and does not come before it."
    ),
    "iban": _("%(label)s: the check digits of this IBAN do not agree. Compare it with the document."),
    "number_order": _("%(label)s: this number is smaller than the number that must come before it."),
    "card": _("%(label)s: the check digit of this card number does not agree. Compare it with the card."),
    "crypto_address": _("%(label)s: the checksum of this address does not agree. Copy it letter by letter."),
    "imo": _("%(label)s: the check digit of this IMO number does not agree. Compare it with the ship."),
    "mmsi": _("%(label)s: the MMSI of a ship has nine digits and begins with 2 to 7."),
    "hull_number": _("%(label)s: this is not built like a hull number. Compare it with the boat."),
    "mrz": _("%(label)s: the check digits of these lines do not agree. Compare them with the document."),
    "vin": _("%(label)s: the check digit of this VIN does not agree. Compare it with the vehicle."),
    "imei": _("%(label)s: the check digit of this IMEI does not agree. Compare it with the device."),
    "phone": _(
        "%(label)s: this cannot be a phone number of that country. Write it with + and the country code."
    ),
    "email": _("%(label)s: this is not an e-mail address."),
    "sha256": _("%(label)s: this is not a SHA-256 hash of 64 hexadecimal digits."),
    "media_type": _("%(label)s: this is not a media type such as image/jpeg."),
    "url": _("%(label)s: this is not a web address."),
}

TYPES: dict[str, str] = {
    "string": _("a text"),
    "integer": _("a whole number"),
    "number": _("a number"),
    "boolean": _("yes or no"),
    "array": _("a list"),
    "object": _("a group of fields"),
}


@cache
def _languages(languages: tuple[str, ...]) -> Languages:
    return Languages(languages)


def sentence(
    bundle: Bundle, message_type: str, fault: Fault, language: str, classes: Classes = _UNKNOWN
) -> str:
    """What an officer reads about a fault. A rule speaks for itself, unless one field is simply missing.

    `classes` are those of the objects of the message, where they are known.
    """
    languages = _languages(bundle.languages)
    translate = languages.gettext(language)
    if fault.rule and fault.code != "required":
        rule = bundle.texts.get(language, {}).get(f"rules.{fault.rule}.title") or bundle.texts["en"].get(
            f"rules.{fault.rule}.title"
        )
        if rule:
            return rule
    params: dict[str, Any] = {
        **fault.params,
        "label": label(bundle, message_type, fault.path, language, classes),
        "name": "".join(tokens_of(fault.path)[-1:]),
    }
    template = SENTENCES.get(fault.code, SENTENCES["not_allowed"])
    match fault.code:
        case "required":
            template = REQUIRED_BY_LEVEL.get(fault.level, template)
        case "unknown_field" if fault.params.get("suggestion"):
            template = UNKNOWN_FIELD_NEAR
        case "type":
            wanted = fault.params.get("limit") or []
            params["expected"] = translate(TYPES.get(wanted[0], TYPES["string"])) if wanted else ""
        case "pattern" if example := _example(bundle, message_type, fault.path):
            template = SENTENCES["pattern_example"]
            params["example"] = example
        case "const":
            found = list(slots(bundle, message_type, tokens_of(fault.path), classes))
            params["limit"] = in_words(
                bundle, found[-1][1] if found else None, fault.params["limit"], language
            )
        case "check":
            template = CHECKS[str(fault.params["check"])]
        case "too_early" | "too_late":
            params["day"] = languages.show_date(str(fault.params["limit"]), language)
        case "alternatives":
            if not fault.paths:
                template = NONE_OF_SEVERAL
            labels = [label(bundle, message_type, path, language, classes) for path in fault.paths]
            params["labels"] = languages.list_text(dict.fromkeys(labels), language, "or")
    return translate(template, **params)


def in_words(bundle: Bundle, slot: SlotPlace | None, value: Any, language: str) -> str:
    """A value of a field as its form shows it: a code by its label, yes and no, else as it is written."""
    if isinstance(value, bool):
        return _languages(bundle.languages).gettext(language)(_("Yes") if value else _("No"))
    if slot is not None and slot.kind == "code":
        return bundle.texts.get(language, {}).get(f"{slot.range}.{value}.title") or str(value)
    return str(value)


def without_name(bundle: Bundle, reason: str, language: str) -> str:
    """What a list says in place of a name; the reason as `headline.Withheld` has it."""
    translate = _languages(bundle.languages).gettext(language)
    if not reason:
        return translate(_("Name withheld"))
    if reason.isdigit():
        return translate(_("Name withheld (may be under %(age)s years old)"), age=reason)
    return translate(_("Name withheld (%(reason)s)"), reason=bundle.text(f"{reason}.title", language))


def label(bundle: Bundle, message_type: str, path: str, language: str, classes: Classes = _UNKNOWN) -> str:
    """The label of the field at a JSON Pointer, with the lists it stands in: `Other names 2 › Forename`."""
    if own := _own_label(bundle, message_type, path):
        return bundle.text(f"{own}.title", language)
    parts: list[str] = []
    tokens = tokens_of(path)
    for position, slot in slots(bundle, message_type, tokens, classes):
        last = not any(not follower.isdigit() for follower in tokens[position + 1 :])
        number = tokens[position + 1] if slot.multivalued and position + 1 < len(tokens) else ""
        title = bundle.text(f"{slot.text}.title", language)
        if last or slot.multivalued:
            parts.append(f"{title} {int(number) + 1}" if number.isdigit() else title)
    return " › ".join(parts) or (tokens[-1] if tokens else bundle.text(f"{message_type}.title", language))


def _own_label(bundle: Bundle, message_type: str, path: str) -> str | None:
    """The text with which a country labels a field of its form."""
    labels: dict[str, str] = bundle.forms.get(message_type, {}).get("profile", {}).get("labels", {})
    return labels.get(path)


def _example(bundle: Bundle, message_type: str, path: str) -> str:
    example = ""
    for _position, slot in slots(bundle, message_type, tokens_of(path)):
        example = bundle.types[slot.range].example if slot.range in bundle.types else ""
    return example


def tokens_of(path: str) -> list[str]:
    """The parts of a JSON Pointer (RFC 6901)."""
    return [token.replace("~1", "/").replace("~0", "~") for token in path.split("/")[1:]]


def slots(
    bundle: Bundle, message_type: str, tokens: Sequence[str], classes: Classes = _UNKNOWN
) -> Iterator[tuple[int, SlotPlace]]:
    """The slots on the way to a place; of an object whose class is not known, of the first that has them."""
    at = ""
    places = tuple(place for place in (bundle.classes.get(message_type),) if place is not None)
    for position, token in enumerate(tokens):
        at = f"{at}/{escape(token)}"
        slot = next((place.slots[token] for place in places if token in place.slots), None)
        if slot is not None:
            yield position, slot
            places = possible(bundle, slot)
        if at in classes:
            places = (bundle.classes[classes[at]],)
