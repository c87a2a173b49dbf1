"""`ilink adapter`: from a sample to a checked adapter, and whole files both ways."""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ilink_generators.adapters.commands import adapter
from tests.adapters.bundled import examples

ROOT = Path(__file__).parents[2]
NAME = "ch-csv-recherche"
CSV = (
    "NO_DOSSIER;NOM;PRENOM;DATE_NAISSANCE;SEXE;STATUT;NOTE_INTERNE;AUTRE\r\n"
    "1;TÉSTNOM;Zoé;01.02.1980;F;prevenu;interne;reste\r\n"
    "2;AUTRE;Paul;31.02.1980;M;prevenu;;\r\n"
    "3;COURT\r\n"
    "4;DERNIER;Ève;1980;H;condamne;;\r\n"
)
SAMPLES = {
    "a.csv": "NUMERO;NOM;SEXE;DATE DE NAISSANCE;TAILLE\n1;X;Female;01.02.1980;1,75\n",
    "b.json": '{"notices": [{"familyName": "X", "dateOfBirth": "1970/01/31", "person": {"sex": "Female"}}]}',
    "c.xml": '<w:wanted xmlns:w="urn:zz:w"><w:familyName>X</w:familyName><w:born><w:dateOfBirth>1980-01-02'
    "</w:dateOfBirth></w:born></w:wanted>",
    "d.xsd": '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:zz:x" '
    'xmlns="urn:zz:x">'
    '<xs:element name="wanted" type="P"/><xs:complexType name="P"><xs:sequence>'
    '<xs:element name="familyName" type="xs:string"/><xs:element name="dateOfBirth" type="xs:date"/>'
    "</xs:sequence></xs:complexType></xs:schema>",
}


def _run(*args: object, folder: Path = ROOT / "national_adapters") -> Result:
    options = ["--schema", str(ROOT / "schema"), "--adapters", str(folder)]
    return CliRunner().invoke(adapter, [*map(str, args), *options], catch_exceptions=False)


@pytest.mark.parametrize("sample", SAMPLES)
def test_a_sample_becomes_an_adapter_that_passes_check(sample: str, tmp_path: Path) -> None:
    (tmp_path / sample).write_text(SAMPLES[sample], "utf-8")
    made = _run("new", "zz-mine", "--from", tmp_path / sample, folder=tmp_path / "na")
    assert made.exit_code == 0, made.output
    assert _run("check", folder=tmp_path / "na").exit_code == 0
    text = (tmp_path / "na/zz-mine/adapter.yaml").read_text("utf-8")
    assert "field: subject.family_name" in text
    assert "field: subject.date_of_birth, date: [" in text
    assert "# decide:" in text
    assert re.search("[0-9]+ places, [0-9]+ matched, [0-9]+ of them for sure, [0-9]+ left", made.output)
    assert "ilink adapter run zz-mine" in made.output
    again = _run("new", "zz-mine", "--from", tmp_path / sample, folder=tmp_path / "na")
    assert again.exit_code == 1, "an adapter that is there is not overwritten"


def test_a_bad_record_is_reported_with_its_line_and_the_rest_goes_on(tmp_path: Path) -> None:
    (tmp_path / "avis.csv").write_bytes(CSV.encode("iso-8859-1"))
    out, left = tmp_path / "out.jsonl", tmp_path / "left.jsonl"
    ran = _run("run", NAME, tmp_path / "avis.csv", "--out", out, "--leftovers", left)
    assert ran.exit_code == 1
    assert "avis.csv:3: DATE_NAISSANCE: this is no date" in ran.output
    assert "avis.csv:4: The line has another number of columns" in ran.output
    messages = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert [message["national_reference"] for message in messages] == ["1", "4"]
    back = tmp_path / "back.csv"
    assert _run("run", NAME, out, "--to-national", "--leftovers", left, "--out", back).exit_code == 0
    lines = back.read_bytes().decode("iso-8859-1").splitlines()
    row = dict(zip(lines[0].split(";"), lines[1].split(";"), strict=True))
    assert row["NOM"] == "TÉSTNOM"
    assert row["AUTRE"] == "reste"
    assert row["NOTE_INTERNE"] == ""
    assert "ILINK_CONFIDENTIALITY" in row


def test_a_message_that_is_not_valid_is_told_by_the_country_s_field_and_the_rest_goes_on(
    tmp_path: Path,
) -> None:
    header, first, _second, _short, last = CSV.splitlines()
    long = first.replace("1;TÉSTNOM", f"2;{'X' * 201}")
    no_status = last.replace(";condamne;", ";;").replace("4;", "3;")
    (tmp_path / "avis.csv").write_text("\r\n".join((header, first, long, no_status, last)), "iso-8859-1")
    out, left = tmp_path / "out.jsonl", tmp_path / "left.jsonl"
    ran = _run("run", NAME, tmp_path / "avis.csv", "--out", out, "--leftovers", left)
    assert ran.exit_code == 1
    assert "avis.csv:3: NOM: Family name: this is too long; 200 characters at most." in ran.output
    assert "avis.csv:4: STATUT: Status of the person: this is needed." in ran.output
    assert "2 records could not be carried" in ran.output
    messages = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert [message["national_reference"] for message in messages] == ["1", "4"]
    assert len(left.read_text("utf-8").splitlines()) == len(messages)


def test_a_run_is_taken_up_where_it_ended(tmp_path: Path) -> None:
    rows = "".join(f"{number};NOM;;;;prevenu;;\r\n" for number in range(1200))
    (tmp_path / "avis.csv").write_text(CSV.splitlines()[0] + "\r\n" + rows, "iso-8859-1")
    whole, out = tmp_path / "whole.jsonl", tmp_path / "out.jsonl"
    assert _run("run", NAME, tmp_path / "avis.csv", "--out", whole).exit_code == 0
    half = b"".join(whole.read_bytes().splitlines(keepends=True)[:500])
    out.write_bytes(half + b'{"cut off')
    progress = {"read": 500, "bad": 0, "sizes": {"out": len(half)}}
    Path(f"{out}.progress").write_text(json.dumps(progress), "utf-8")
    assert _run("run", NAME, tmp_path / "avis.csv", "--out", out, "--resume").exit_code == 0
    assert out.read_bytes() == whole.read_bytes()
    assert not Path(f"{out}.progress").exists()


def test_the_report_says_what_is_reached_and_lost() -> None:
    said = _run("report", NAME).output
    assert "| subject.status | yes | both ways |" in said
    assert "| NOTE_INTERNE | dropped | note de service, ne quitte pas le pays |" in said
    assert "| H | M | Male | in only |" in said
    assert "<table>" in _run("report", NAME, "--html").output


def test_the_round_trip_table_is_counted_from_the_examples(tmp_path: Path) -> None:
    """Of a copy of an adapter with five examples: one cannot be read, one has a trouble, one is not valid."""
    folder = tmp_path / "na" / NAME
    shutil.copytree(ROOT / "national_adapters" / NAME, folder, ignore=shutil.ignore_patterns("examples"))
    (folder / "examples").mkdir()
    header, first, trouble, short, last = CSV.splitlines()
    for name, line in (("a", first), ("b", trouble), ("c", short), ("d", last)):
        (folder / f"examples/{name}.csv").write_text(f"{header}\r\n{line}\r\n", "iso-8859-1")
        (folder / f"examples/{name}.expected.json").write_text("{}", "utf-8")
    not_valid = last.replace(";condamne;", ";;")
    (folder / "examples/e.csv").write_text(f"{header}\r\n{not_valid}\r\n", "iso-8859-1")
    said = _run("report", "--all", folder=tmp_path / "na").output
    assert said.count(f"| {NAME} | 5 | 60 % | 80 % | 40 % |") == 2, "once for all, once for itself"


def test_the_round_trip_table_has_a_row_for_each_adapter() -> None:
    said = _run("report", "--all").output.partition("# ch-csv")[0]
    rows = {row.split(" | ")[0].strip("| "): row.split(" | ")[1:] for row in said.splitlines() if "%" in row}
    held: Counter[str] = Counter()
    for name, (tests, *_shares) in rows.items():
        held[name.partition(".")[0]] += int(tests)  # the parts of a file share its examples
    folders = [path.parent for path in ROOT.glob("national_adapters/*/adapter.yaml")]
    assert held == {folder.name: len(list(folder.glob("examples/*.expected.json"))) for folder in folders}
    assert {name for name, row in rows.items() if row[2] == "only reads"} == {
        f"icao-9303-td{number}" for number in (1, 2, 3)
    }
    assert all(row[2] in ("100 %", "only reads") for row in rows.values())


@pytest.mark.parametrize(
    ("lang", "label"), [("fr", "Nom de famille"), ("en", "Family name"), ("es", "Apellidos")]
)
def test_the_mapping_reads_in_the_country_s_language(lang: str, label: str) -> None:
    assert f"{label} | subject.family_name" in _run("docs", NAME, "--lang", lang).output


def test_a_refused_adapter_says_where(tmp_path: Path) -> None:
    folder = tmp_path / "na"
    (folder / "zz-bad").mkdir(parents=True)
    (folder / "zz-bad/adapter.yaml").write_text("adapter: zz-bad\nrules: []\n", "utf-8")
    ran = _run("check", "zz-bad", folder=folder)
    assert ran.exit_code == 1
    assert "adapter.yaml:1: it says no country." in ran.output
    assert _run("check", "zz-none", folder=folder).exit_code == 1


def test_the_parts_of_a_file_that_asks_are_adapters_of_their_own(tmp_path: Path) -> None:
    checked = _run("check", "zz-nlets-query").output
    assert "zz-nlets-query.IPQ: 9 rules, keyed and PersonQuery; nothing against it." in checked
    query = tmp_path / "query.txt"
    query.write_text("IPQ.PUR/BC.NAM/DOE,JANE\n", "utf-8")
    ran = _run("run", "zz-nlets-query.IPQ", query)
    assert json.loads(ran.stdout)["family_name"] == "DOE"
    refused = _run("run", "zz-nlets-query", query)
    assert refused.exit_code == 1
    assert "name one of zz-nlets-query.IPQ, " in refused.output
    reported = _run("report", "zz-nlets-query").output
    assert "# zz-nlets-query.wanted" in reported
    shown = len(examples("zz-nlets-query.IPQ"))  # of this part, and of no other
    assert f"| {shown} | " in reported.split("# zz-nlets-query.ITQ")[0]
