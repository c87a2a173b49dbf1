"""Sentences of troubles: what of a national record cannot be carried, in the words of who sends it.

A trouble is data (`notes.Trouble`); `%(place)s` is the national place, `%(value)s` what stands there,
shortened, or a limit. English stands here; `locale/` holds the other languages.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from ilink_runtime.adapters.notes import Trouble
from ilink_runtime.problems import translatable as _

#: What is shown of a value at most.
LONGEST_SHOWN = 60

#: By code of the trouble.
SENTENCES: dict[str, str] = {
    "another_list": _("%(place)s: this code is of another list."),
    "another_kind": _("%(place)s: this adapter does not take records that say this here: %(value)s."),
    "another_type": _("This adapter does not carry messages of the type %(value)s."),
    "century_unknown": _("%(place)s: the century of two digits is confirmed nowhere."),
    "column_twice": _("The column %(value)s stands twice in the line of names."),
    "doctype": _("A document type (DOCTYPE) is not accepted."),
    "key_twice": _("%(place)s: this key stands in the record twice."),
    "no_key": _("This part has no key: %(value)s."),
    "no_letter": _("The encoding has no letter %(value)s."),
    "no_national_code": _("%(place)s: the country has no code for this."),
    "no_national_date": _("%(place)s: the country's format cannot say this date."),
    "no_reference": _("%(place)s: this record does not say its own reference."),
    "no_room": _("%(place)s: there is room for %(value)s characters."),
    "not_a_date": _("%(place)s: this is no date as the adapter describes it."),
    "not_a_file": _("%(place)s: this is no file in base64."),
    "not_a_list": _("%(place)s: this is no list."),
    "not_a_listed_code": _("%(place)s: this is no code with its list."),
    "not_a_number": _("%(place)s: this is no number as the adapter describes it."),
    "not_a_text": _("%(place)s: this is no text."),
    "not_an_object": _("A record is an object."),
    "not_csv": _("This is not CSV."),
    "not_in_encoding": _("The byte %(value)s does not exist in the encoding %(place)s."),
    "not_in_format": _("%(place)s: this cannot stand in the national format."),
    "not_for_everybody": _("An extract is for everybody; this message is for some bureaus alone."),
    "not_json": _("This is not JSON."),
    "not_public": _("Its sender does not let an extract be made public."),
    "not_published": _("An extract is made of published notices alone."),
    "not_xml": _("This is not XML."),
    "not_yes_or_no": _("%(place)s: this is neither yes nor no."),
    "one_way": _("Through the adapter %(value)s nothing goes out."),
    "record_ends": _("The file ends within a record."),
    "reference_unfit": _("%(place)s: a reference has 1 to 200 printable characters."),
    "too_deep": _("It is nested deeper than %(value)s."),
    "too_long": _("This is longer than %(value)s bytes; send it in parts."),
    "unknown_code": _("%(place)s: the code table of the adapter has no code %(value)s."),
    "unknown_column": _("The column %(value)s is not in the line of names."),
    "needed": _("%(place)s: this is needed."),
    "no_such_query": _("There is no such query of your bureau."),
    "nothing_asked": _("Nothing is asked."),
    "one_at_a_time": _("Ask one at a time."),
    "unknown_key": _("%(place)s: the adapter does not read this key; the search would be wider than meant."),
    "wrong_check_digit": _("%(place)s: the check digit is another one."),
    "wrong_columns": _("The line has another number of columns: %(value)s."),
    "wrong_width": _("The line has another width: %(value)s."),
}


def sentence(trouble: Trouble, say: Callable[..., str]) -> str:
    """What its sender reads about a trouble; `say` fills a sentence in, in some language."""
    return say(SENTENCES[trouble.code], place=trouble.place, value=shown(trouble.value))


def in_english(trouble: Trouble) -> str:
    """The same where there are no catalogues."""
    return sentence(trouble, lambda template, **values: template % values)


def shown(value: Any) -> str:
    """A value as a sentence holds it."""
    text = value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)
    return text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 1]}…"
