"""The catalogues of a model: what they lack, how they are refreshed, who stands behind them."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ilink_generators import load
from ilink_generators.commands import build, lint, translations
from ilink_generators.standard import Translation
from ilink_generators.translations import updated

MODEL = """
id: https://example.org/small
name: small
version: "1"
default_range: Text
types:
  Text: {base: str, title: Text, description: A text.}
enums:
  Country:
    title: Country
    annotations: {cldr: territories}
    permissible_values:
      TN: {title: Tunisia}
      TW: {title: "Taiwan, China", annotations: {label_source: interpol}}
classes:
  Message:
    title: Message
    description: What a bureau sends.
    attributes:
      name: {title: Name, description: "Write it as in {document}."}
      country: {title: Country, description: Where it comes from., range: Country}
"""


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A small model with a French catalogue that is complete and nobody has read."""
    folder = tmp_path / "small"
    folder.mkdir()
    (folder / "small.yaml").write_text(MODEL, "utf-8")
    assert run(folder, "update", "fr").exit_code == 0
    text = catalogue(folder).read_text("utf-8")
    for english, french in {
        "Message": "Message",
        "What a bureau sends.": "Ce qu’un bureau envoie.",
        "Name": "Nom",
        "Write it as in {document}.": "Comme sur {document}.",
        "Where it comes from.": "D’où il vient.",
        "Country": "Pays",
        "Taiwan, China": "Taïwan, Chine",
        "Text": "Texte",
        "A text.": "Un texte.",
    }.items():
        text = text.replace(f'msgid "{english}"\nmsgstr ""', f'msgid "{english}"\nmsgstr "{french}"')
    catalogue(folder).write_text(text, "utf-8")
    return folder


def catalogue(model: Path) -> Path:
    """The French one."""
    return model / "translations" / "fr.po"


def run(model: Path, command: str, *arguments: str, answers: str = "", editor: str = "") -> Result:
    """Runs `ilink translations <command>`."""
    options = [command, "--schema", str(model), *arguments]
    return CliRunner().invoke(translations, options, input=answers, env={"EDITOR": editor, "VISUAL": editor})


def reviewed(model: Path) -> Result:
    """Everything approved without asking."""
    return run(model, "review", "fr", "--by", "A. Reader", "--path", "*", "--all")


def french(model: Path, path: str) -> Translation:
    """A translation as the standard has it."""
    return load(model).translations["fr"][path]


def replace(path: Path, old: str, new: str) -> None:
    """Changes a file by hand."""
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def test_a_complete_catalogue_says_so(model: Path) -> None:
    said = run(model, "status")
    assert said.exit_code == 0, said.output
    assert "fr: 11 texts, 0 missing, 0 stale, 10 not reviewed, 0 of them voided." in said.output


def test_names_come_from_cldr_unless_interpol_has_its_own(model: Path) -> None:
    assert french(model, "Country.TN.title") == Translation("Tunisie", "cldr", "Tunisia")
    assert french(model, "Country.TW.title").text == "Taïwan, Chine"


def test_update_keeps_everything_and_may_be_repeated(model: Path) -> None:
    before = load(model).translations
    run(model, "update", "fr")
    once = catalogue(model).read_text("utf-8")
    run(model, "update", "fr")
    assert catalogue(model).read_text("utf-8") == once
    assert load(model).translations == before


def test_a_text_whose_english_changed_stays_and_is_stale_until_somebody_corrects_it(model: Path) -> None:
    replace(model / "small.yaml", "What a bureau sends.", f"What a bureau says{' and says again' * 9}.")
    for _ in range(2):
        said = run(model, "status")
        assert said.exit_code == 1
        assert "stale: Message.description" in said.output
        run(model, "update", "fr")
    old = french(model, "Message.description")
    assert (old.text, old.source) == ("Ce qu’un bureau envoie.", "What a bureau sends.")
    replace(catalogue(model), "#, fuzzy\n", "")
    assert run(model, "status").exit_code == 0


def test_a_missing_text_fails_a_release_and_no_other_build(model: Path, tmp_path: Path) -> None:
    replace(catalogue(model), 'msgstr "Nom"', 'msgstr ""')
    options = ["--schema", str(model), "--out", str(tmp_path / "bundle")]
    refused = CliRunner().invoke(build, [*options, "--release"])
    assert refused.exit_code == 1
    assert "fr.po: Message.name.title: not translated" in refused.output
    assert not (tmp_path / "bundle").exists()
    assert CliRunner().invoke(build, options).exit_code == 0
    assert CliRunner().invoke(build, [*options, "--check"]).exit_code == 0
    assert "missing: Message.name.title" in run(model, "status").output
    replace(catalogue(model), 'msgid "Name"\nmsgstr ""', 'msgid "Name"\nmsgstr "Nom"')
    assert CliRunner().invoke(build, [*options, "--release"]).exit_code == 0


def test_an_approval_names_who_approved_and_is_void_when_either_text_changes(model: Path) -> None:
    assert "11 approved, 0 left" in reviewed(model).output
    assert 'by": "A. Reader' in (model / "translations" / "fr.reviewed.yaml").read_text("utf-8")
    assert french(model, "Message.name.title").state == "reviewed"
    assert "0 not reviewed" in run(model, "status").output

    replace(catalogue(model), 'msgstr "Nom"', 'msgstr "Nom complet"')
    voided = french(model, "Message.name.title")
    assert (voided.state, voided.voided) == ("machine", True)
    assert "voided: Message.name.title" in run(model, "status").output
    replace(catalogue(model), 'msgstr "Nom complet"', 'msgstr "Nom"')
    assert french(model, "Message.name.title").state == "reviewed"

    replace(model / "small.yaml", "title: Name,", "title: Full name,")
    said = run(model, "status").output
    assert "1 stale, 1 not reviewed, 1 of them voided" in said


def test_update_and_builds_leave_approvals_alone(model: Path) -> None:
    reviewed(model)
    before = load(model).translations
    run(model, "update", "fr")
    assert load(model).translations == before


def test_a_reviewer_approves_skips_edits_and_quits(model: Path) -> None:
    said = run(
        model,
        *("review", "fr", "--by", "A. Reader", "--path", "Message.*"),
        answers="a\ns\ne\na\nq\n",
        editor="sed -i s/Nom/Patronyme/",
    )
    assert said.exit_code == 0, said.output
    assert "English: What a bureau sends." in said.output
    assert "2 approved, 4 left." in said.output
    states = {path: one.state for path, one in load(model).translations["fr"].items()}
    assert states["Message.title"] == states["Message.name.title"] == "reviewed"
    assert states["Message.description"] == "machine"
    assert french(model, "Message.name.title").text == "Patronyme"
    assert (
        "4 approved, 0 left"
        in run(model, "review", "fr", "--by", "B. Reader", "--path", "Message.*", "--all").output
    )


def test_what_was_read_is_kept_when_the_terminal_closes(model: Path) -> None:
    assert run(model, "review", "fr", "--by", "A. Reader", answers="a\n").exit_code == 1
    assert french(model, "Message.title").state == "reviewed"


def test_a_reviewer_cannot_lose_a_place(model: Path) -> None:
    said = run(
        model,
        *("review", "fr", "--by", "A. Reader", "--path", "Message.name.description"),
        answers="e\na\ns\n",
        editor="sed -i 's/ sur {document}//'",
    )
    assert "It must hold the same places as the English: {document}." in said.output
    assert french(model, "Message.name.description").state == "machine"


def test_a_review_of_a_stale_text_makes_it_current(model: Path) -> None:
    replace(model / "small.yaml", "title: Name,", "title: Family name,")
    run(model, "update", "fr")
    assert "was:     Name" in run(model, "review", "fr", "--by", "A. Reader", answers="s\ns\na\nq\n").output
    assert french(model, "Message.name.title") == Translation("Nom", "reviewed", "Family name")
    assert run(model, "status").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (("de", "--by", "A"), "There is no catalogue of de; there is fr."),
        (("fr", "--by", " "), "--by is the name of who reviews."),
        (("fr", "--by", "A", "--all"), "say what with --path"),
    ],
)
def test_a_review_says_what_it_needs(model: Path, arguments: tuple[str, ...], hint: str) -> None:
    said = run(model, "review", *arguments)
    assert said.exit_code != 0
    assert hint in said.output


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        ("Message.title: yes\n", "fr.reviewed.yaml:1: Message.title: an approval is written"),
        ('a: {"english": 1}\n', "fr.reviewed.yaml:1: a: an approval is written"),
        ("a: [\n", "fr.reviewed.yaml:2:"),
        ("- a\n", "fr.reviewed.yaml:1:"),
    ],
)
def test_a_broken_file_of_approvals_is_refused(model: Path, written: str, fault: str) -> None:
    (model / "translations" / "fr.reviewed.yaml").write_text(written, "utf-8")
    said = run(model, "status")
    assert said.exit_code == 1
    assert fault in said.output


@pytest.mark.parametrize(
    ("name", "text", "fault"),
    [
        ("en.po", 'msgid ""\nmsgstr ""\n', "English is in the model"),
        ("fr_FR.po", 'msgid ""\nmsgstr ""\n', "pt-BR.po"),
        ("de.po", 'msgid "broken\n', "de.po:1: this is not a catalogue"),
        (
            "de.po",
            'msgctxt "Message.title"\nmsgid "a"\nmsgid_plural "b"\nmsgstr[0] "c"\nmsgstr[1] "d"\n',
            "texts of a model have no plural",
        ),
    ],
)
def test_what_is_no_catalogue_of_a_language_is_refused(model: Path, name: str, text: str, fault: str) -> None:
    (model / "translations" / name).write_text(text, "utf-8")
    said = run(model, "status")
    assert said.exit_code == 1
    assert fault in said.output


def test_lint_says_where_a_place_was_lost_and_that_a_comment_reviews_nothing(model: Path) -> None:
    assert CliRunner().invoke(lint, ["--schema", str(model)]).exit_code == 0
    replace(catalogue(model), "Comme sur {document}.", "Comme sur {papier}.")
    replace(catalogue(model), 'msgctxt "Message.title"', '# state: reviewed\nmsgctxt "Message.title"')
    said = CliRunner().invoke(lint, ["--schema", str(model)])
    assert said.exit_code == 1
    lines = catalogue(model).read_text("utf-8").splitlines()
    line = lines.index('msgid "Write it as in {document}."') + 1
    assert f"fr.po:{line}: “Write it as in {{document}}.”: the translation lost {{document}};" in said.output
    assert "the translation has {papier}, which the English has not" in said.output
    assert "a comment cannot make it reviewed" in said.output
    assert french(model, "Message.title").state == "machine"


def test_interpols_own_names_stand_in_every_language() -> None:
    standard = load(Path(__file__).parents[2] / "schema")
    own = [code.code for code in standard.code_lists["Country"].codes if code.label_source == "interpol"]
    assert {"HK", "MO", "TR", "TW"} <= set(own)
    assert {"ar", "es", "fr"} <= set(standard.translations)
    for said in standard.translations.values():
        named = [said[f"Country.{code}.title"] for code in own]
        assert all(one.text and one.state != "cldr" for one in named)
    fifth = updated(standard, "pt")
    assert 'msgid "Taiwan, China"\nmsgstr ""' in fifth
    assert 'msgid "Tunisia"\nmsgstr "Tunísia"' in fifth
