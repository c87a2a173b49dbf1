"""Messages in a national format: what the reader may see of them, and extracts only of what is public."""

from __future__ import annotations

import csv
import io

import orjson
import pytest

from tests.api.bureaus import Bureaus, diffusion, emptied, notice, publishable, sent
from tests.api.national import taken

MESSAGES = "/api/v1/messages"
CSV, PUBLIC = "ch-csv-recherche", "interpol-public-red"


@pytest.fixture
def bureaus(shared_server: Bureaus) -> Bureaus:
    """One server for all, emptied for each."""
    return emptied(shared_server)


def test_a_message_comes_out_as_its_reader_writes_it(bureaus: Bureaus) -> None:
    address = sent(bureaus.tunis, notice()).headers["location"]
    answer = bureaus.paris.get(address, params={"as": CSV})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/csv; charset=iso-8859-1"
    assert answer.headers["content-disposition"].endswith('.csv"')
    assert "/subject/family_name_original" in answer.headers["x-lost"].split()
    (row,) = csv.DictReader(io.StringIO(answer.content.decode("iso-8859-1")), delimiter=";")
    assert (row["NOM"], row["DATE_NAISSANCE"], row["PASSEPORT"]) == ("Benhaddou", "05.1980", "X1234567")
    assert (row["ILINK_OWNER"], row["ILINK_STATUS"]) == ("TN", "processing")
    again = bureaus.paris.get(address, params={"as": CSV}, headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304
    assert answer.headers["etag"] != bureaus.paris.get(address).headers["etag"]


def test_what_is_hidden_stays_out_of_it(bureaus: Bureaus) -> None:
    restricted = [{"pointer": "/subject/identity_documents", "restricted_to": ["ES"]}]
    address = sent(bureaus.tunis, notice(handling={"field_restrictions": restricted})).headers["location"]
    hidden = bureaus.paris.get(address, params={"as": CSV})
    assert hidden.status_code == 200
    assert b"X1234567" not in hidden.content
    assert b"X1234567" in bureaus.madrid.get(address, params={"as": CSV}).content


def test_a_hidden_message_and_a_missing_one_look_the_same(bureaus: Bureaus) -> None:
    address = sent(bureaus.tunis, notice(handling={"hidden_from": ["FR"]})).headers["location"]
    hidden = bureaus.paris.get(address, params={"as": CSV})
    missing = bureaus.paris.get(f"{MESSAGES}/2020-00000000", params={"as": CSV})
    assert (hidden.status_code, hidden.json()) == (missing.status_code, missing.json())
    assert hidden.status_code == 404


def test_an_adapter_says_why_it_cannot_write_a_message(bureaus: Bureaus) -> None:
    other = sent(bureaus.tunis, diffusion()).headers["location"]
    refused = bureaus.tunis.get(other, params={"as": CSV, "lang": "en"})
    assert (refused.status_code, refused.json()["code"]) == (409, "not_carried")
    assert refused.json()["adapter_type"] == "RedNotice"
    assert bureaus.tunis.get(other, params={"as": "nowhere"}).status_code == 404
    letters = notice()
    letters["subject"]["place_of_birth"] = "صفاقس"  # ISO-8859-1 has none of them
    place = sent(bureaus.tunis, letters).headers["location"]
    said = bureaus.tunis.get(place, params={"as": CSV, "lang": "en"}).json()
    assert [error["code"] for error in said["errors"]] == ["no_letter"]


def test_an_extract_is_made_of_published_and_consented_notices_alone(bureaus: Bureaus) -> None:
    def asked(address: str) -> tuple[int, str]:
        answer = bureaus.paris.get(address, params={"as": PUBLIC})
        return answer.status_code, answer.json().get("code", "")

    consented = publishable() | {"public_extract_consent": True}
    receipt = sent(bureaus.tunis, consented)
    address = receipt.headers["location"]
    assert asked(address) == (409, "not_carried"), "it is not published"
    published = bureaus.lyon.post(f"{address}/publication", headers={"If-Match": receipt.headers["etag"]})
    assert published.status_code == 200, published.text
    extract = bureaus.paris.get(address, params={"as": PUBLIC})
    assert extract.headers["content-type"] == "application/json"
    said = orjson.loads(extract.content)
    assert said["name"] == "Benhaddou"
    assert "X1234567" not in extract.text

    silent = sent(bureaus.tunis, publishable())
    at = silent.headers["location"]
    bureaus.lyon.post(f"{at}/publication", headers={"If-Match": silent.headers["etag"]})
    assert bureaus.paris.get(at).json()["status"] == "published"
    refused = bureaus.paris.get(at, params={"as": PUBLIC})
    assert refused.json()["errors"][0]["code"] == "not_public"

    some = sent(bureaus.tunis, consented | {"handling": {"hidden_from": ["ES"]}})
    at = some.headers["location"]
    bureaus.lyon.post(f"{at}/publication", headers={"If-Match": some.headers["etag"]})
    assert asked(at) == (409, "not_carried"), "what is hidden from some is not for everybody"


def test_a_record_comes_back_as_it_was_sent(bureaus: Bureaus) -> None:
    told = taken(bureaus.tunis)
    answer = bureaus.tunis.get(f"{MESSAGES}/{told['reference']}", params={"as": CSV})
    (row,) = csv.DictReader(io.StringIO(answer.content.decode("iso-8859-1")), delimiter=";")
    assert (row["NO_DOSSIER"], row["TAILLE_M"], row["STATUT"]) == ("CH-2099-0001", "1,68", "prevenu")
