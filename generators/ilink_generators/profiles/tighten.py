"""One form of the standard, tightened as a country says; what does not fit is refused with its line.

Works on the form as data (`forms.form`), so that what officers see is what was checked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ilink_generators.forms import needed_places
from ilink_generators.model_text import ModelFault
from ilink_generators.origin import Origin
from ilink_generators.profiles.language import FormProfile, NationalField, Profile
from ilink_generators.standard import Standard
from ilink_generators.well_formed import near

Field = dict[str, Any]

#: Where a message keeps what only one country asks for, under the country's name.
NATIONAL = "national_fields"


@dataclass(frozen=True, slots=True)
class Tightened:
    """A form with the texts that are its own (element path → language → text) and its own code lists."""

    form: Field
    labels: Mapping[str, Mapping[str, str]]
    code_lists: Mapping[str, Any]


def tightened(
    standard: Standard, profile: Profile, said: FormProfile, form: Field, faults: list[ModelFault]
) -> Tightened:
    """The form of the standard as the profile has it; what is wrong is added to `faults`."""
    return _Tightening(standard, profile, said, form, faults).result()


@dataclass
class _Tightening:
    standard: Standard
    profile: Profile
    said: FormProfile
    form: Field
    faults: list[ModelFault]
    known: dict[str, Field] = field(default_factory=dict)
    labels: dict[str, Mapping[str, str]] = field(default_factory=dict)

    def result(self) -> Tightened:
        self.known = dict(_places(self._all(self.form), ""))
        self._check()
        sections = self._sections()
        lists = {
            self._list_of(one): {
                "open": False,
                "codes": [{"code": code, "status": "in_force"} for code in one.codes],
            }
            for one in self.said.fields
            if one.codes
        }
        fields = list(_everything(self._all({"sections": sections})))
        return Tightened(
            {
                **self.form,
                "sections": sections,
                "code_lists": sorted({one["range"] for one in fields if one["kind"] == "code"}),
                "profile": self._kept(sections),
            },
            self.labels,
            lists,
        )

    @staticmethod
    def _all(form: Mapping[str, Any]) -> list[Field]:
        return [one for section in form["sections"] for one in section["fields"]]

    # -- what stands in the profiled form ---------------------------------------------------------

    def _sections(self) -> list[dict[str, Any]]:
        added: dict[str, list[Field]] = {}
        for one in self.said.fields:
            added.setdefault(one.section, []).append(self._national(one))
        found = {
            section["name"]: list(self._fields(section["fields"], "")) for section in self.form["sections"]
        }
        names = dict.fromkeys((*self.said.sections, *found, *added))
        fields = {name: [*found.get(name, ()), *added.get(name, ())] for name in names}
        return [{"name": name, "fields": fields[name]} for name in names if fields[name]]

    def _fields(self, fields: Iterable[Field], prefix: str) -> Iterator[Field]:
        order = {path: number for number, path in enumerate(self.said.order)}
        placed = sorted(
            ((_path(prefix, one), one) for one in fields), key=lambda pair: order.get(pair[0], len(order))
        )
        for path, one in placed:
            if not self._hidden(path) and path != NATIONAL:
                yield self._field(path, one)

    def _field(self, path: str, one: Field) -> Field:
        made = dict(one)
        if path in self.said.require:
            made["required"] = True
        if path in self.said.codes:
            made["codes"] = [code for code in self.said.codes[path] if code]
        if path in self.said.prefill:
            made["default"] = self._value(path, one, self.said.prefill[path])
        if path in self.said.labels:
            made["text"] = f"{self._root}.{path}"
            self._label(made["text"], self.said.labels[path], one["text"])
        if "fields" in one:
            made["fields"] = list(self._fields(one["fields"], path))
        return made

    def _national(self, one: NationalField) -> Field:
        name = f"{self.profile.country}.{one.name}"
        text = f"{self._root}.fields.{one.name}"
        self._label(text, one.labels)
        for code, labels in one.codes.items():
            self._label(f"{self._list_of(one)}.{code}", {"en": code, **labels})
        kind = (
            {"kind": "code", "range": self._list_of(one)}
            if one.codes
            else {"kind": "type", "range": "ShortText"}
        )
        return {
            "name": name,
            "pointer": f"/{NATIONAL}/{name}",
            "text": text,
            **kind,
            "widget": "code" if one.codes else "text",
            "multivalued": False,
            "required": one.required,
            "recommended": False,
            "publish": False,
            "national": True,
        }

    def _kept(self, sections: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """What the runtime holds a message against, and the words of its own."""
        national = {one["pointer"]: one for one in self._all({"sections": sections}) if one.get("national")}
        required = [self._pointer(path) for path in self.said.require if path in self.known]
        required += [pointer for pointer, one in national.items() if one["required"]]
        codes = {
            self._pointer(path): list(said) for path, said in self.said.codes.items() if path in self.known
        }
        codes |= {
            f"/{NATIONAL}/{self.profile.country}.{one.name}": list(one.codes)
            for one in self.said.fields
            if one.codes
        }
        return {
            "country": self.profile.country,
            "required": required,
            "codes": codes,
            "labels": {self._pointer(path): f"{self._root}.{path}" for path in self.said.labels}
            | {pointer: one["text"] for pointer, one in national.items()},
        }

    @property
    def _root(self) -> str:
        return f"profiles.{self.profile.country}.{self.said.message}"

    def _list_of(self, one: NationalField) -> str:
        return f"{self.profile.country}.{self.said.message}.{one.name}"

    def _label(self, key: str, labels: Mapping[str, str], instead_of: str = "") -> None:
        """The words of an element in every language: as said here, else as they were."""
        english = dict(self.standard.texts())
        for what in ("title", "description"):
            old, said = f"{instead_of}.{what}", labels if what == "title" else {}
            words = {
                language: said.get(language)
                or self._words(old, language)
                or said.get("en")
                or english.get(old, "")
                for language in (*self.standard.languages(), *self.profile.languages)
            }
            if any(words.values()):
                self.labels[f"{key}.{what}"] = {language: text for language, text in words.items() if text}

    def _words(self, path: str, language: str) -> str:
        own = self.profile.texts.get(language, {}).get(path)
        known = self.standard.translations.get(language, {}).get(path)
        return own or (known.text if known else "")

    def _pointer(self, path: str) -> str:
        """The place of a field in a message, with `*` for the members of a list."""
        found, outer = "", ""
        for step in path.split("."):
            holder = self.known.get(outer)
            found += (
                f"/*/{step}" if holder and holder["kind"] == "class" and holder["multivalued"] else f"/{step}"
            )
            outer = f"{outer}.{step}" if outer else step
        return found

    def _hidden(self, path: str) -> bool:
        return any(path == hidden or path.startswith(f"{hidden}.") for hidden in self.said.hide)

    def _value(self, path: str, one: Field, text: str) -> Any:
        match one.get("base", "string"):
            case "integer" if re.fullmatch("-?[0-9]{1,15}", text):
                return int(text)
            case "number" if re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,15})?", text):
                return float(text)
            case "boolean" if text in ("yes", "no"):
                return text == "yes"
        return text

    # -- what does not fit ----------------------------------------------------------------------

    def _check(self) -> None:
        for path in self.said.hide:
            self._check_hidden(path)
        for path in self.said.require:
            if self._field_at("require", path) and self._hidden(path):
                self._refuse("require", path, "it cannot be required and hidden.")
        for path, codes in self.said.codes.items():
            self._check_codes(path, codes)
        for path, text in self.said.prefill.items():
            self._check_prefill(path, text)
        for path, labels in self.said.labels.items():
            self._field_at("labels", path)
            self._check_languages("labels", path, labels)
        for path in self.said.order:
            self._field_at("order", path)
        for name in self.said.sections:
            self._check_section(name, self._at("sections"), "sections")
        for one in self.said.fields:
            self._check_national(one)

    def _check_hidden(self, path: str) -> None:
        groups = {known.rpartition(".")[0] for known in self.known}
        if path not in groups and not self._field_at("hide", path):
            return
        if (field_ := self.known.get(path)) and (field_["required"] or field_["publish"]):
            self._refuse("hide", path, "it is needed, so no form can do without it.")
        elif self._needs(path):
            self._refuse("hide", path, f"it can be needed: {self._needs(path)} asks for it.")

    def _needs(self, path: str) -> str:
        """What of the standard asks for a field, on the way to it; empty when nothing does."""
        steps = path.split(".")
        class_ = self.standard.classes[self.said.message]
        for number, step in enumerate(steps):
            rest = ".".join(steps[number:])
            for rule in class_.rules:
                parts = [part for part in (rule.then, rule.otherwise) if part is not None]
                needed = (place for part in parts for place in needed_places(part, ""))
                for place in (place.strip("/").replace("/", ".") for place in needed):
                    if rule.level != "quality" and (place == rest or place.startswith(f"{rest}.")):
                        return f"the rule {rule.code}"
            slot = class_.slot(step)
            if number == len(steps) - 1:
                return f"{class_.name}.{slot.name}" if slot.required else ""
            class_ = self.standard.concrete(slot.range)[0]
        return ""

    def _check_codes(self, path: str, codes: Sequence[str]) -> None:
        one = self._field_at("codes", path)
        if one is None:
            return
        if one["kind"] != "code":
            self._refuse("codes", path, "it is not chosen from a code list.")
            return
        if not codes:
            self._refuse("codes", path, "no code is left to choose.")
        known = self.standard.code_lists[one["range"]].texts
        for code in codes:
            if code not in known:
                hint = near(code, known, "A profile takes codes away and adds none.")
                self._refuse("codes", path, f"{one['range']} has no code {code}.", hint)

    def _check_prefill(self, path: str, text: str) -> None:
        one = self._field_at("prefill", path)
        if one is None:
            return
        if one["kind"] == "class" or one["multivalued"] or "*" in self._pointer(path):
            self._refuse("prefill", path, "only a single value can be filled in beforehand.")
        elif self._hidden(path):
            self._refuse("prefill", path, "nobody sees what is filled in here, for it is hidden.")
        elif one["kind"] == "code":
            known = self.said.codes.get(path) or self.standard.code_lists[one["range"]].texts
            if text not in known:
                self._refuse("prefill", path, f"{text} is none of its codes.", near(text, known, ""))
        elif one["kind"] == "type" and not self._fits(one, text):
            self._refuse("prefill", path, f"“{text}” is no {one['range']}.")

    def _fits(self, one: Field, text: str) -> bool:
        type_, value = self.standard.types[one["range"]], self._value("", one, text)
        if isinstance(value, str):
            if type_.base in ("integer", "number", "boolean"):
                return False
            short = type_.max_length is None or len(value) <= type_.max_length
            return short and (type_.pattern is None or bool(re.search(type_.pattern, value)))
        least, most = one.get("minimum"), one.get("maximum")
        return (least is None or value >= least) and (most is None or value <= most)

    def _check_national(self, one: NationalField) -> None:
        if NATIONAL not in {slot.name for slot in self.standard.classes[self.said.message].slots}:
            what = f"{self.said.message} has no {NATIONAL}, so there is no place for fields of a country."
            self._refuse_at(one.origin, one.name, what)
        self._check_section(one.section, one.origin, one.name)
        self._check_languages("fields", one.name, one.labels)
        for labels in one.codes.values():
            self._check_languages("fields", one.name, labels)

    def _check_section(self, name: str, origin: Origin, element: str) -> None:
        if name not in self.standard.groups:
            self._refuse_at(
                origin, element, f"no such section: {name}.", near(name, self.standard.groups, "")
            )

    def _check_languages(self, word: str, path: str, labels: Mapping[str, str]) -> None:
        known = (*self.standard.languages(), *self.profile.languages)
        for language in labels:
            if language not in known:
                what = f"{language} is neither a language of the standard nor one of this country's own."
                self._refuse(word, path, what, "Add it to languages.")

    def _field_at(self, word: str, path: str) -> Field | None:
        one = self.known.get(path)
        if one is None:
            self._refuse(word, path, f"{self.said.message} has no such field.", near(path, self.known, ""))
        elif one["widget"] == "hidden":
            self._refuse(word, path, "the form never asks it; it is known.")
            return None
        return one

    def _at(self, word: str, path: str = "") -> Origin:
        origins = self.said.origins
        return origins.get(f"{word}.{path}") or origins.get(word) or origins.get("") or self.profile.origin

    def _refuse(self, word: str, path: str, message: str, hint: str = "") -> None:
        self._refuse_at(self._at(word, path), path, message, hint)

    def _refuse_at(self, origin: Origin, element: str, message: str, hint: str = "") -> None:
        self.faults.append(ModelFault("refused", origin.file, origin.line, element, message, hint))


def _everything(fields: Iterable[Field]) -> Iterator[Field]:
    """Every field of a form, and every branch of those that may be of several classes."""
    for one in fields:
        yield one
        yield from _everything(one.get("fields", ()))
        yield from _everything(one.get("branches", ()))


def _path(prefix: str, one: Field) -> str:
    return ".".join(part for part in (prefix, str(one["pointer"]).strip("/").replace("/", ".")) if part)


def _places(fields: Iterable[Field], prefix: str) -> Iterator[tuple[str, Field]]:
    """Every field of a form by its place in a message: `subject.identity_documents.number`."""
    for one in fields:
        path = _path(prefix, one)
        yield path, one
        yield from _places(one.get("fields", ()), path)
