"""National records over HTTP, on both databases: the national reference is the key."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from ilink_runtime import database, people
from tests.api.bureaus import Bureaus, emptied, sent
from tests.api.national import API, file_of, post, row, taken

MESSAGES = "/api/v1/messages"


@pytest.fixture
def bureaus(shared_server: Bureaus) -> Bureaus:
    """One server for all, emptied for each."""
    return emptied(shared_server)


def counted(bureaus: Bureaus) -> int:
    table = database.message
    return int(bureaus.store.read(lambda c: c.scalar(select(func.count()).select_from(table))) or 0)


def test_a_record_becomes_a_message_of_its_sender(bureaus: Bureaus) -> None:
    told = taken(bureaus.tunis)
    assert (told["record"], told["line"], told["national_reference"]) == (1, 2, "CH-2099-0001")
    assert (told["outcome"], told["status"], told["version"]) == ("created", "processing", 1)
    read = bureaus.madrid.get(f"{MESSAGES}/{told['reference']}")
    assert read.headers["etag"] == told["etag"]
    said = read.json()
    assert (said["owner"], said["type"]) == ("TN", "RedNotice")
    assert said["message"]["subject"]["family_name"] == "Échantillon"
    assert said["message"]["subject"]["physical_description"]["height"] == 168


def test_the_same_record_again_changes_nothing(bureaus: Bureaus) -> None:
    first = taken(bureaus.tunis)
    again = taken(bureaus.tunis)
    assert again["outcome"] == "unchanged"
    same = ("reference", "version", "etag", "status")
    assert [again[word] for word in same] == [first[word] for word in same]
    assert counted(bureaus) == 1


def test_a_changed_record_is_the_next_version(bureaus: Bureaus) -> None:
    first = taken(bureaus.tunis)
    changed = taken(bureaus.tunis, LIEU_NAISSANCE="Exempleville")
    assert (changed["outcome"], changed["version"]) == ("amended", 2)
    assert changed["reference"] == first["reference"]
    stored = bureaus.tunis.get(f"{MESSAGES}/{first['reference']}").json()["message"]
    assert stored["subject"]["place_of_birth"] == "Exempleville"


def test_a_changed_record_leaves_alone_what_no_record_says(bureaus: Bureaus) -> None:
    """An officer hid the message from a bureau; the nightly file knows nothing of that."""
    first = taken(bureaus.tunis)
    address = f"{MESSAGES}/{first['reference']}"
    message = bureaus.tunis.get(address).json()["message"]
    message["handling"] = {"hidden_from": ["ES"]}
    message["subject"]["phone_numbers"] = [{"number": "+21620123456"}]
    assert bureaus.tunis.put(address, json=message, headers={"If-Match": first["etag"]}).status_code == 200
    changed = taken(bureaus.tunis, LIEU_NAISSANCE="")
    assert (changed["outcome"], changed["version"]) == ("amended", 3)
    stored = bureaus.tunis.get(address).json()["message"]
    assert stored["handling"] == {"hidden_from": ["ES"]}
    assert stored["subject"]["phone_numbers"] == [{"number": "+21620123456"}]
    assert "place_of_birth" not in stored["subject"], "what the record no longer says is gone"
    assert bureaus.madrid.get(address).status_code == 404


def test_one_bad_record_never_stops_the_others(bureaus: Bureaus) -> None:
    answer = post(
        bureaus.tunis,
        row(),
        row(NO_DOSSIER="CH-2", DATE_NAISSANCE="le 3 mai"),
        row(NO_DOSSIER="CH-3"),
        row(NO_DOSSIER=""),
        lang="fr",
    )
    assert answer.status_code == 207
    said = answer.json()
    assert said["counts"] == {"created": 2, "refused": 2}
    good, bad, other, nameless = said["records"]
    assert (good["outcome"], other["outcome"]) == ("created", "created")
    (fault,) = bad["faults"]
    assert (fault["code"], fault["places"], fault["line"]) == ("not_a_date", ["DATE_NAISSANCE"], 3)
    assert fault["message"] == "DATE_NAISSANCE : ce n’est pas une date telle que l’adaptateur la décrit."
    assert fault["value"] == "le 3 mai"
    assert nameless["faults"][0]["code"] == "no_reference"
    assert counted(bureaus) == 2


def test_a_fault_of_the_message_names_the_national_place(bureaus: Bureaus) -> None:
    answer = post(bureaus.tunis, row(NATIONALITES="CH,quoi", STATUT="", TAILLE_M="5,00"), lang="en")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    (told,) = answer.json()["records"]
    by_code = {fault["code"]: fault for fault in told["faults"]}
    assert by_code["pattern"]["places"] == ["NATIONALITES"]
    assert by_code["pattern"]["pointer"] == "/subject/nationalities/1"
    assert by_code["required"]["places"] == ["STATUT"]
    assert by_code["too_large"]["places"] == ["TAILLE_M"]
    assert all(fault["line"] == 2 and fault["message"] for fault in told["faults"])
    assert counted(bureaus) == 0


def test_faults_beside_a_trouble_are_told_too_but_not_twice(bureaus: Bureaus) -> None:
    answer = post(bureaus.tunis, row(STATUT="inconnu", NATIONALITES="quoi"), lang="en")
    (told,) = answer.json()["records"]
    assert [(fault["code"], fault["places"]) for fault in told["faults"]] == [
        ("unknown_code", ["STATUT"]),
        ("pattern", ["NATIONALITES"]),
    ]


def test_a_recalled_record_is_a_withdrawal_and_may_begin_anew(bureaus: Bureaus) -> None:
    first = taken(bureaus.tunis)
    gone = taken(bureaus.tunis, ETAT="retire", NOM="")
    assert (gone["outcome"], gone["status"], gone["reference"]) == (
        "withdrawn",
        "withdrawn",
        first["reference"],
    )
    assert bureaus.madrid.get(f"{MESSAGES}/{first['reference']}").status_code == 404
    assert taken(bureaus.tunis, ETAT="retire", NOM="")["outcome"] == "unchanged"
    anew = taken(bureaus.tunis)
    assert anew["outcome"] == "created"
    assert anew["reference"] != first["reference"]


def test_what_was_never_here_is_recalled_without_a_trace(bureaus: Bureaus) -> None:
    told = taken(bureaus.tunis, ETAT="annule")
    assert told["outcome"] == "unchanged"
    assert "reference" not in told
    assert counted(bureaus) == 0
    assert taken(bureaus.tunis)["outcome"] == "created"


def test_a_record_is_taken_back_by_its_reference(bureaus: Bureaus) -> None:
    first = taken(bureaus.tunis, NO_DOSSIER="17/2099 ä")
    place = f"{API}/messages/17/2099 ä"
    assert bureaus.madrid.delete(place).status_code == 404
    gone = bureaus.tunis.delete(place)
    assert (gone.status_code, gone.json()["outcome"]) == (200, "withdrawn")
    assert bureaus.tunis.delete(place).json()["outcome"] == "unchanged"
    assert bureaus.tunis.delete(f"{API}/messages/unknown").status_code == 404
    anew = taken(bureaus.tunis, NO_DOSSIER="17/2099 ä")
    assert (anew["outcome"], anew["reference"] != first["reference"]) == ("created", True)


def test_what_ended_here_does_not_come_back_by_a_nightly_file(bureaus: Bureaus) -> None:
    """Its officer withdrew the message; a record that is not recalled would raise the alert again."""
    first = taken(bureaus.tunis)
    withdrawal = {"message_type": "WithdrawalRequest", "purpose": "wanted_person"}
    sent(bureaus.tunis, withdrawal | {"concerns": first["reference"]})
    assert taken(bureaus.tunis)["outcome"] == "unchanged"
    answer = post(bureaus.tunis, row(NOM="Autre"), lang="en")
    (told,) = answer.json()["records"]
    assert (told["outcome"], told["faults"][0]["code"]) == ("refused", "conflict")


def test_a_bureau_has_its_own_references(bureaus: Bureaus) -> None:
    assert taken(bureaus.tunis)["outcome"] == "created"
    assert taken(bureaus.madrid)["outcome"] == "created"
    looked_up = bureaus.paris.get(f"{API}/messages/CH-2099-0001")
    assert looked_up.status_code == 404


def test_what_is_hidden_from_a_service_it_cannot_change_by_its_reference(bureaus: Bureaus) -> None:
    first = taken(bureaus.tunis)
    address = f"{MESSAGES}/{first['reference']}"
    message = bureaus.tunis.get(address).json()["message"]
    message["handling"] = {"hidden_from_entities": ["TN/patrol"]}
    assert bureaus.tunis.put(address, json=message, headers={"If-Match": first["etag"]}).status_code == 200
    bureaus.store.write(lambda c: people.create_entity(c, "TN", "patrol", "Patrol"))
    secret = bureaus.store.write(lambda c: people.create_token(c, "TN", "patrol", "write", entity="patrol"))
    service = bureaus.client()
    service.headers = [(b"authorization", f"Bearer {secret}".encode()), (b"x-purpose", b"control")]
    for changes in ({}, {"NOM": "Autre"}, {"ETAT": "retire"}):
        told = post(service, row(**changes)).json()["records"][0]
        assert (told["outcome"], told["faults"][0]["code"]) == ("refused", "not_found")
        assert first["reference"] not in str(told)
    assert service.delete(f"{API}/messages/CH-2099-0001").status_code == 404
    assert service.get(f"{API}/messages/CH-2099-0001").status_code == 404
    assert bureaus.tunis.get(address).json()["version"] == 2


def test_a_record_is_found_by_its_reference(bureaus: Bureaus) -> None:
    told = taken(bureaus.tunis)
    found = bureaus.tunis.get(f"{API}/messages/CH-2099-0001").json()
    assert (found["reference"], found["etag"], found["recalled"]) == (told["reference"], told["etag"], False)


def test_many_who_send_one_record_make_one_message(bureaus: Bureaus) -> None:
    def send(number: int) -> str:
        return str(taken(bureaus.tunis, LIEU_NAISSANCE=f"Ville {number % 2}")["reference"])

    with ThreadPoolExecutor(8) as pool:
        references = set(pool.map(send, range(16)))
    assert len(references) == 1
    assert counted(bureaus) == 1


def test_records_of_one_reference_in_one_file_follow_one_another(bureaus: Bureaus) -> None:
    answer = post(bureaus.tunis, row(), row(NOM="Autre"), row(NOM="Autre"), row(ETAT="retire"))
    assert [told["outcome"] for told in answer.json()["records"]] == [
        "created",
        "amended",
        "unchanged",
        "withdrawn",
    ]


def test_a_deleted_message_takes_its_record_along(bureaus: Bureaus) -> None:
    first = taken(bureaus.tunis)
    gone = bureaus.tunis.delete(f"{MESSAGES}/{first['reference']}", headers={"If-Match": first["etag"]})
    assert gone.status_code == 204
    rows = bureaus.store.read(lambda c: c.execute(select(database.national_record)).all())
    assert rows == []


def test_leftovers_come_back_to_their_sender(bureaus: Bureaus) -> None:
    told = taken(bureaus.tunis, CLASSEUR="A 17")
    assert told["lost"] == ["/CLASSEUR"]
    assert told["leftovers"]["unread"] == {"CLASSEUR": "A 17"}
    rows = bureaus.store.read(lambda c: c.execute(select(database.national_record.c.leftovers)).all())
    assert [tuple(one) for one in rows] == [(None,)]


def test_nobody_sends_without_leave(bureaus: Bureaus) -> None:
    assert post(bureaus.client(), row()).status_code == 401
    secret = bureaus.store.write(lambda c: people.create_token(c, "TN", "reader", "read"))
    reading = bureaus.client()
    reading.headers = [(b"authorization", f"Bearer {secret}".encode())]
    for path in ("messages", "drafts"):
        assert (post(reading, row(), path=path).status_code, counted(bureaus)) == (403, 0)
    assert reading.delete(f"{API}/messages/CH-2099-0001").status_code == 403


def test_a_body_that_is_no_record_is_refused(bureaus: Bureaus) -> None:
    def status(content: bytes, kind: str = "text/csv") -> tuple[int, str]:
        answer = bureaus.tunis.post(f"{API}/messages", content=content, headers={"Content-Type": kind})
        return answer.status_code, answer.json()["code"]

    assert status(b"") == (422, "no_record")
    assert status(file_of(row()), "text/csv; charset=utf-8") == (415, "unsupported_media_type")
    assert status(b"NOM;NOM\r\nx;y\r\n") == (422, "invalid")
    assert status(b"NO_DOSSIER\r\n" + b"1\r\n" * 1001) == (413, "too_large")
    assert status(b"x" * 12 * 1024 * 1024) == (413, "too_large")
    assert status(b"NO_DOSSIER;NOM\r\n1;a\x00b\r\n")[0] == 422
    unknown = bureaus.tunis.post("/api/v1/adapters/nowhere/messages", content=b"x")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "not_found")
    assert counted(bureaus) == 0


def test_the_formats_are_listed(bureaus: Bureaus) -> None:
    found = bureaus.client().get("/api/v1/adapters").json()["adapters"]
    assert "ch-csv-recherche" in {adapter["name"] for adapter in found}
