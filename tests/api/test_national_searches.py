"""Search in a country's own format: candidates, then one record whole, and nothing that is hidden."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine
from starlette.testclient import TestClient

from ilink_runtime import access, candidates, messages, upgrade
from ilink_runtime.bundle import Bundle
from ilink_runtime.database import open_engine
from tests.api.bureaus import Bureaus, diffusion, notice, opened, sent
from tests.api.test_http_queries import audited

PLACE = "/api/v1/adapters/zz-nlets-query/searches"
TEXT = {"Content-Type": "text/plain; charset=utf-8"}
ASKED = "IPQ.PUR/BC.NAM/BENHADDOU,SALIM.DOB/1980.DID/X1234567"


def ask(client: TestClient, line: str, **headers: str) -> Any:
    """Sends one line."""
    return client.post(PLACE, content=line.encode(), headers={**TEXT, **headers})


def keys(line: str) -> dict[str, str]:
    """What a line of the fictional format says."""
    parts = (part.replace("\0", ".").partition("/") for part in line.replace("..", "\0").split("."))
    return {key: value for key, _end, value in parts}


def test_a_query_is_answered_in_two_steps(bureaus: Bureaus) -> None:
    subject = diffusion()["subject"] | {"warning_markers": ["armed"]}
    found = sent(
        bureaus.tunis,
        diffusion(
            subject=subject,
            facts_summary={"text": "Wanted.\nDoes not stop. Armed", "language": "en"},
            handling={"confidentiality": "for_official_use_only", "conditions_of_use": ["destroy_after_use"]},
        ),
    ).json()["reference"]
    answer = ask(bureaus.madrid, ASKED)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/plain; charset=utf-8")
    first, line, end = answer.text.split("\n")
    assert (first.partition(".")[0], end) == ("1 HIT", "")
    query = keys(first)["QRY"]
    candidate = keys(line)
    assert candidate.pop("UPD") > "2026"
    assert candidate == {
        "EID": found,
        "TYP": "WantedPersonDiffusion",
        "ORI": "TN",
        "STA": "sent",
        "LIK": "same",
        "NAM": "Benhaddou,Salim",
        "DOB": "198005",
        "CAU": "A",
    }
    (kept,) = audited(bureaus, "candidates")
    assert kept == ("investigation", query, {"adapter": "zz-nlets-query", "total": 1})

    whole = ask(bureaus.madrid, f"FPQ.EID/{found}.QRY/{query}")
    first, line, end = whole.text.split("\n")
    assert (first, end) == ("1 HIT", "")
    record = keys(line)
    assert record["FTX"] == "Wanted. Does not stop. Armed"
    assert (record["NAT"], record["DID"], record["SST"]) == ("TUN", "X1234567", "charged")
    assert (record["ILINK_OWNER"], record["ILINK_STATUS"]) == ("TN", "sent")
    assert record["ILINK_CONFIDENTIALITY"] == "for_official_use_only"
    assert record["ILINK_CONDITIONS_OF_USE"] == "destroy_after_use"
    assert record["ILINK_EXPIRES_AT"]
    assert (record["TEL"], record["OUT"]) == ("+21620123456", "FTX")
    assert audited(bureaus, "read") == [
        ("border_control", found, {"adapter": "zz-nlets-query", "query": query})
    ]


def test_a_query_asked_nationally_is_a_query_like_any_other(bureaus: Bureaus) -> None:
    sent(bureaus.tunis, diffusion())
    query = keys(ask(bureaus.madrid, ASKED).text.split("\n")[0])["QRY"]
    own = bureaus.madrid.get(f"/api/v1/messages/{query}").json()["message"]
    assert own == {
        "message_type": "PersonQuery",
        "purpose": "border_control",
        "family_name": "BENHADDOU",
        "forename": "SALIM",
        "date_of_birth": "1980",
        "document_number": "X1234567",
    }
    assert bureaus.madrid.get(f"/api/v1/messages/{query}/candidates").json()["candidates"]
    assert bureaus.paris.get(f"/api/v1/messages/{query}").status_code == 404


def test_things_are_found_by_their_numbers(one_server: Bureaus) -> None:
    vehicle = {
        "kind": "car",
        "registration_plate": "123 TUN 4567",
        "registration_country": "TN",
        "make": "Renault",
    }
    sent(
        one_server.tunis,
        {"message_type": "StolenVehicle", "purpose": "locate", "vehicle": vehicle, "loss_kind": "stolen"},
    )
    line = ask(one_server.madrid, "IVQ.PUR/LO.LIC/123TUN4567").text.split("\n")[1]
    assert (keys(line)["VTY"], keys(line)["MAK"]) == ("car", "Renault")
    assert "LIC" not in keys(line)
    whole = ask(one_server.madrid, f"FVQ.EID/{keys(line)['EID']}").text.split("\n")[1]
    assert (keys(whole)["LIC"], keys(whole)["LIS"]) == ("123 TUN 4567", "TUN")


def test_no_list_names_a_victim(one_server: Bureaus) -> None:
    subject = diffusion()["subject"] | {"family_name": "Sampaio", "status": "victim"}
    message = diffusion(message_type="BlueDiffusion", purpose="identify", subject=subject)
    sent(one_server.tunis, message)
    line = ask(one_server.madrid, "IPQ.PUR/BC.NAM/SAMPAIO,SALIM").text.split("\n")[1]
    assert line.startswith("NAME WITHHELD.EID/")
    assert "ampaio" not in line
    assert "198005" not in line
    reference = re.search("EID/([^.]*)", line)
    assert reference is not None
    assert "NAM/Sampaio,Salim" in ask(one_server.madrid, f"FPQ.EID/{reference[1]}").text
    assert audited(one_server, "read")[-1][1] == reference[1]


def test_a_record_lacks_what_its_owner_keeps_from_its_reader(one_server: Bureaus) -> None:
    entries = [{"pointer": "/subject/identity_documents", "hidden_from": ["FR"]}]
    found = sent(one_server.tunis, diffusion(handling={"field_restrictions": entries})).json()["reference"]
    told = {name: ask(getattr(one_server, name), f"FPQ.EID/{found}").text for name in ("madrid", "paris")}
    assert ("DID/X1234567" in told["madrid"], "DID/" in told["paris"]) == (True, False)
    assert "identity_documents" not in told["paris"]
    assert "field_restrictions" not in told["paris"]


def test_what_the_format_has_no_keys_for_is_named(one_server: Bureaus) -> None:
    message = {
        "message_type": "OrangeDiffusion",
        "purpose": "warn",
        "warning_title": "Drums",
        "recipients": ["ES"],
    }
    found = one_server.tunis.post("/api/v1/messages", json=message)
    assert found.status_code == 201, found.text
    line = keys(ask(one_server.madrid, f"FPQ.EID/{found.json()['reference']}").text.split("\n")[1])
    assert (line["TYP"], line["ILINK_OWNER"]) == ("OrangeDiffusion", "TN")
    assert "/warning_title" in line["OUT"].split()


def test_the_second_step_needs_a_purpose(one_server: Bureaus) -> None:
    found = sent(one_server.tunis, diffusion()).json()["reference"]
    silent = one_server.client("ES", purpose="")
    refused = ask(silent, f"FPQ.EID/{found}")
    assert (refused.status_code, refused.json()["code"]) == (400, "purpose_required")
    query = keys(ask(silent, ASKED).text.split("\n")[0])["QRY"]  # a query says its purpose itself
    assert audited(one_server, "candidates")[-1][0] == "border_control"
    assert ask(silent, f"FPQ.EID/{found}.QRY/{query}").status_code == 200


@pytest.mark.parametrize(
    ("line", "place", "text"),
    [
        ("IPQ.PUR/BC.NAM/DOE,JANE.DOB/19801399", "DOB", "no date"),
        ("IPQ.PUR/XX.NAM/DOE", "PUR", "no code"),
        ("IPQ.NAM/DOE", "PUR", "needed"),
        ("IPQ.PUR/BC", "NAM NAL DID", "document number"),
        ("IPQ.PUR/BC.NAM/DOE.EYE/BRO", "EYE", "does not read this key"),
        ("IPQ.PUR/BC.NAM/DOE.NAM/ROE", "NAM", "twice"),
        ("IPQ.PUR/BC.NAM/DOE.JUNK", "", "no key"),
        ("IGQ.PUR/LO.SER/A1.GTY/bow", "GTY", "list"),
        ("XXQ.PUR/BC.NAM/DOE", "head", "no code"),
        ("NAM/DOE", "head", "no code"),
        ("FPQ.QRY/2026-00000000", "EID", "needed"),
        ("FPQ.EID/1.NAM/DOE", "NAM", "does not read this key"),
        ("FPQ.EID/2026-00000000.QRY/2026-00000000", "QRY", "no such query"),
        ("", "", "Nothing is asked"),
    ],
)
def test_faults_are_told_in_the_countrys_terms(one_server: Bureaus, line: str, place: str, text: str) -> None:
    answer = ask(one_server.madrid, line)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "text/plain; charset=utf-8")
    first, fault = answer.text.split("\n")[:2]
    assert first == "REJECTED"
    told = keys(fault)
    assert (told["LIN"], told.get("KEY", "")) == ("1", place)
    assert text in told["TXT"]


def test_the_line_of_a_fault_is_the_line_of_the_body(one_server: Bureaus) -> None:
    answer = ask(one_server.madrid, "\n\nIPQ.PUR/BC.NAM/DOE.DOB/never")
    assert "LIN/3.KEY/DOB" in answer.text
    answer = ask(one_server.madrid, f"{ASKED}\n{ASKED}")
    assert "LIN/2.TXT/Ask one at a time" in answer.text


def test_sentences_are_in_the_askers_language(one_server: Bureaus) -> None:
    answer = ask(one_server.madrid, "IPQ.NAM/DOE", **{"Accept-Language": "fr"})
    assert answer.headers["content-language"] == "fr"
    assert "nécessaire" in answer.text or "faut" in answer.text or "obligatoire" in answer.text


@pytest.mark.parametrize(
    ("status", "code", "path", "headers", "body"),
    [
        (404, "not_found", "zz-nobody", TEXT, ASKED),
        (404, "not_found", "ch-csv-recherche", TEXT, ASKED),  # it does not ask
        (404, "not_found", "..%2f..", TEXT, ASKED),
        (415, "unsupported_media_type", "zz-nlets-query", {"Content-Type": "application/json"}, "{}"),
        (
            415,
            "unsupported_media_type",
            "zz-nlets-query",
            {"Content-Type": "text/plain; charset=cp850"},
            ASKED,
        ),
        (413, "too_large", "zz-nlets-query", TEXT, "N" * 20_000),
    ],
)
def test_what_is_not_the_records_fault_is_a_problem(
    one_server: Bureaus, status: int, code: str, path: str, headers: dict[str, str], body: str
) -> None:
    place = f"/api/v1/adapters/{path}/searches"
    answer = one_server.madrid.post(place, content=body.encode(), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"


def test_nobody_asks_without_a_token(anybody: TestClient) -> None:
    assert ask(anybody, ASKED).status_code == 401


@settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=80)
@given(
    body=st.binary(max_size=80)
    | st.lists(
        st.sampled_from(
            ["IPQ", "FPQ", "IVQ", ".", "..", "/", "NAM", "EID", "QRY", "DOB", "PUR/BC", ",", "\n"]
        )
        | st.text(max_size=5),
        max_size=12,
    ).map(lambda parts: "".join(parts).encode(errors="replace"))
)
def test_any_bytes_are_answered(one_server: Bureaus, body: bytes) -> None:
    answer = one_server.madrid.post(PLACE, content=body, headers=TEXT)
    assert answer.status_code in (200, 422), answer.text
    for line in answer.text.splitlines():
        assert line.split(".")[0] in ("NO HIT", "REJECTED") or line.startswith("LIN/")


#: What Paris asks in both worlds.
QUESTIONS = (
    ASKED,
    "IPQ.PUR/BC.NAM/BENHADDOU",
    "IPQ.PUR/BC.NAM/VERBORGEN",
    "ITQ.PUR/BC.DID/X1234567",
    "ITQ.PUR/BC.DID/H7654321",
)
_RANDOM = re.compile(r"[0-9]{4}-[0-9A-HJKMNP-TV-Z]{8}|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:..]+Z")


def _world(url: str, standard: Bundle, *, with_hidden: bool) -> dict[str, tuple[int, dict[str, str], str]]:
    """All that Paris asks and is answered, what is random in it made alike."""
    if not url.startswith("sqlite"):
        engine = create_engine(url)
        with engine.begin() as connection:
            connection.exec_driver_sql("DROP SCHEMA public CASCADE")
            connection.exec_driver_sql("CREATE SCHEMA public")
        engine.dispose()
    engine = open_engine(url)
    upgrade.create(engine, standard)
    engine.dispose()
    with opened(url) as bureaus:
        seen = sent(bureaus.tunis, diffusion()).json()["reference"]
        hidden = own = "2020-00000000"
        if with_hidden:
            document = [{"document_type": "passport", "number": "H7654321", "issuing_country": "TN"}]
            alias = [{"kind": "alias", "family_name": "Verborgen"}]
            subject = diffusion()["subject"] | {"identity_documents": document, "other_names": alias}
            hidden = sent(bureaus.tunis, notice(subject=subject, handling={"hidden_from": ["FR"]}))
            own = sent(bureaus.madrid, {**_query(), "family_name": "Verborgen"}).json()["reference"]
            hidden = hidden.json()["reference"]
        wanted = {"SEEN": seen, "HIDDEN": hidden, "ANOTHER'S QUERY": own}
        answers = {line: ask(bureaus.paris, line) for line in QUESTIONS}
        answers |= {name: ask(bureaus.paris, f"FPQ.EID/{reference}") for name, reference in wanted.items()}
        answers |= {
            f"THROUGH {name}": ask(bureaus.paris, f"FPQ.EID/{seen}.QRY/{reference}")
            for name, reference in wanted.items()
        }
    return {
        name: (
            said.status_code,
            {key: value for key, value in said.headers.items() if key != "content-length"},
            _RANDOM.sub("…", said.text),
        )
        for name, said in answers.items()
    }


def _query() -> dict[str, Any]:
    return {"message_type": "PersonQuery", "purpose": "border_control"}


def _both(url: str, tmp_path: Path, standard: Bundle) -> tuple[Any, Any]:
    names = [
        f"sqlite:///{tmp_path / name}.db" if url.startswith("sqlite") else url for name in ("one", "two")
    ]
    return (
        _world(names[0], standard, with_hidden=False),
        _world(names[1], standard, with_hidden=True),
    )


def test_a_hidden_message_changes_no_answer(url: str, tmp_path: Path, standard: Bundle) -> None:
    without, with_hidden = _both(url, tmp_path, standard)
    assert without == with_hidden
    assert with_hidden["HIDDEN"][2] == with_hidden["ANOTHER'S QUERY"][2] == "NO HIT\n"
    assert with_hidden["IPQ.PUR/BC.NAM/VERBORGEN"][2] == "NO HIT\n"
    assert with_hidden["SEEN"][2].startswith("1 HIT\n")


def test_the_comparison_sees_a_leak(
    tmp_path: Path, standard: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sqlalchemy import true

    for module in (access, candidates, messages):
        if hasattr(module, "visible"):
            monkeypatch.setattr(module, "visible", lambda _reader: true())
    without, with_hidden = _both("sqlite", tmp_path, standard)
    different = {name for name in without if without[name] != with_hidden[name]}
    assert {ASKED, "IPQ.PUR/BC.NAM/VERBORGEN", "ITQ.PUR/BC.DID/H7654321", "HIDDEN"} <= different
