"""A lost place or plural form is found before anybody reads the sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from ilink_generators.catalogue_lint import findings

HEADER = 'msgid ""\nmsgstr ""\n"Language: {0}\\n"\n"Plural-Forms: nplurals={1}; plural=n>1;\\n"\n\n'
COUNTED = 'msgid "%(n)s page"\nmsgid_plural "%(n)s pages"\n'


def forms(number: int, text: str = "%(n)s p") -> str:
    """An entry with so many plural forms."""
    return COUNTED + "".join(f'msgstr[{form}] "{text}"\n' for form in range(number))


@pytest.mark.parametrize(
    ("language", "classes", "entries", "expected"),
    [
        ("fr", 3, forms(3), []),
        ("ar", 6, forms(6), []),
        ("fr", 3, forms(2), ["fr.po:6: “%(n)s page”: a plural form is missing; write msgstr[2]."]),
        ("ar", 6, forms(2), ["fr.po:6: … write msgstr[2], msgstr[3], msgstr[4], msgstr[5]."]),
        ("fr", 2, forms(2), ["fr.po:1: … 3 plural forms for fr (one, many, other)."]),
        ("tlh", 2, forms(2), []),
        ("fr", 3, forms(3, "p"), 3 * ["fr.po:6: “%(n)s page”: the translation lost %(n)s;"]),
        ("fr", 3, 'msgid "%(a)s: %(b)s"\nmsgstr "%(a)s"\n', ["fr.po:6: … lost %(b)s;"]),
        (
            "fr",
            3,
            'msgid "in {place}"\nmsgstr "à {lieu}"\n',
            ["fr.po:6: … lost {place};", "fr.po:6: … {lieu}"],
        ),
        ("fr", 3, '#, python-format\nmsgid "%(a)s"\nmsgstr "%(a)s à 5 % près"\n', ["fr.po:7: … a lone %"]),
        ("fr", 3, '#, python-format\nmsgid "%(a)s"\nmsgstr "%(a)s à 5 %% près"\n', []),
        ("fr", 3, 'msgid "later"\nmsgstr ""\n', []),
        ("fr", 3, 'msgid "open\n', ["fr.po:5: this is not a catalogue"]),
    ],
)
def test_lint_names_the_line_and_what_to_do(
    tmp_path: Path, language: str, classes: int, entries: str, expected: list[str]
) -> None:
    catalogue = tmp_path / f"{language}.po"
    catalogue.write_text(HEADER.format(language, classes) + entries, "utf-8")
    found = [line.removeprefix(f"{tmp_path.as_posix()}/") for line in findings(catalogue)]
    assert len(found) == len(expected), found
    for line, wanted in zip(found, expected, strict=True):
        start, _, rest = wanted.replace("fr.po", f"{language}.po").partition("…")
        assert line.startswith(start.strip())
        assert all(part in line for part in rest.split()), line
