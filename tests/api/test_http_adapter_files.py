"""Drafts, photographs, and what is kept centrally, by an adapter of this test's own."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import orjson
import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from ilink_runtime import database, people
from ilink_runtime.app import create_app
from ilink_runtime.settings import Settings
from tests.api.adapter_bundle import generated, own_bundle
from tests.api.bureaus import Bureaus, emptied, furnished

API = "/api/v1/adapters/zz-test"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
RECORD: dict[str, Any] = {"id": "ZZ-1", "name": "Sample", "person": {"mark": "a scar", "tattoo": "an anchor"}}


@pytest.fixture(scope="module")
def own_server(module_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureaus]:
    """A server on either database with an adapter of its own."""
    own = own_bundle(tmp_path_factory.mktemp("own") / "bundle", generated())
    app = create_app(Settings(database=module_url, standard=own))
    with TestClient(app):
        yield furnished(app)


@pytest.fixture
def house(own_server: Bureaus) -> Bureaus:
    """One server for all, emptied for each."""
    return emptied(own_server)


def post(client: TestClient, record: Any, path: str = "messages", **parts: Any) -> Any:
    content = orjson.dumps(record)
    if not parts:
        return client.post(f"{API}/{path}", content=content, headers={"Content-Type": "application/json"})
    files = [("record", ("record.json", content, "application/json"))]
    return client.post(f"{API}/{path}", files=[*files, *parts["files"]])


def test_a_photograph_comes_as_a_part_that_the_record_names(house: Bureaus) -> None:
    record = RECORD | {"id": "p-1", "photos": [{"file": "front.png", "shows": "front view"}]}
    files = [("front.png", ("front.png", PNG, "image/png")), ("x", ("other.png", PNG + b"x", "image/png"))]
    answer = post(house.tunis, record, files=files)
    assert answer.status_code == 200, answer.text
    (told,) = answer.json()["records"]
    assert told["unnamed_files"] == ["other.png"]
    hash_ = sha256(PNG).hexdigest()
    address = f"/api/v1/messages/{told['reference']}"
    (photograph,) = house.madrid.get(address).json()["message"]["subject"]["photographs"]
    assert photograph == {
        "file_name": "front.png",
        "description": "front view",
        "sha256": hash_,
        "media_type": "image/png",
        "size_bytes": len(PNG),
    }
    assert house.madrid.get(f"{address}/files/{hash_}").content == PNG
    assert post(house.tunis, record, files=files).json()["records"][0]["outcome"] == "unchanged"
    other = [("front.png", ("front.png", PNG + b"2", "image/png"))]
    assert post(house.tunis, record, files=other).json()["records"][0]["outcome"] == "amended"
    assert house.madrid.get(f"{address}/files/{hash_}").status_code == 404


def test_a_photograph_stands_in_the_record_itself(house: Bureaus) -> None:
    data = b64encode(PNG).decode()
    photo = {"file": "front.png", "data": f"{data[:76]}\r\n{data[76:]}"}
    answer = post(house.tunis, RECORD | {"id": "i-1", "photos": [photo]})
    (told,) = answer.json()["records"]
    assert told["outcome"] == "created", told
    assert data[:20] not in answer.text, "the bytes are stored and not sent back"
    assert "lost" not in told
    hash_ = sha256(PNG).hexdigest()
    address = f"/api/v1/messages/{told['reference']}"
    (photograph,) = house.madrid.get(address).json()["message"]["subject"]["photographs"]
    assert photograph == {
        "file_name": "front.png",
        "sha256": hash_,
        "media_type": "image/png",
        "size_bytes": len(PNG),
    }
    assert house.madrid.get(f"{address}/files/{hash_}").content == PNG
    broken = RECORD | {"id": "i-2", "photos": [photo | {"data": "%"}]}
    (refused,) = post(house.tunis, broken).json()["records"]
    assert (refused["faults"][0]["code"], refused["faults"][0]["places"]) == ("not_a_file", ["photos/0/data"])
    drafted = post(house.tunis, RECORD | {"id": "i-3", "photos": [photo]}, "drafts").json()["records"][0]
    assert house.tunis.get(f"/api/v1/drafts/{drafted['draft']}/files/{hash_}").content == PNG


def test_a_part_that_is_no_picture_is_refused_with_all(house: Bureaus) -> None:
    record = RECORD | {"id": "p-2", "photos": [{"file": "front.png"}]}
    answer = post(house.tunis, record, files=[("a", ("front.png", b"<script>", "image/png"))])
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_file")
    assert house.tunis.get(f"{API}/messages/p-2").status_code == 404
    lonely = house.tunis.post(f"{API}/messages", files=[("photo", ("front.png", PNG, "image/png"))])
    assert (lonely.status_code, lonely.json()["code"]) == (422, "no_record")


def test_what_is_kept_centrally_is_read_by_its_owner_alone(house: Bureaus) -> None:
    told = post(house.tunis, RECORD | {"id": "k-1", "office": "Room 7", "desk": "12"}).json()["records"][0]
    assert told["leftovers"] == {"unread": {"desk": "12"}}, "the rest goes back to its sender"
    place = f"/api/v1/messages/{told['reference']}"
    own = house.tunis.get(place, params={"as": "zz-test"}).json()
    assert own["office"] == "Room 7"
    assert "desk" not in own
    assert "office" not in house.madrid.get(place, params={"as": "zz-test"}).json()
    assert "office" not in house.lyon.get(place, params={"as": "zz-test"}).json()
    found = house.tunis.get(f"{API}/messages/k-1").json()
    assert found["leftovers"] == {"unread": {"office": "Room 7"}}
    house.store.write(lambda c: people.create_entity(c, "TN", "patrol", "Patrol"))
    secret = house.store.write(lambda c: people.create_token(c, "TN", "patrol", "read", entity="patrol"))
    service = house.client()
    service.headers = [(b"authorization", f"Bearer {secret}".encode()), (b"x-purpose", b"control")]
    assert "office" not in service.get(place, params={"as": "zz-test"}).json()
    assert service.get(f"{API}/messages/k-1").json()["leftovers"] == {}
    assert house.tunis.get("/api/v1/search", params={"q": "Room 7"}).json()["total"] == 0
    gone = house.tunis.delete(place, headers={"If-Match": told["etag"]})
    assert gone.status_code == 204
    kept = house.store.read(lambda c: c.scalars(select(database.national_record.c.leftovers)).all())
    assert "Room 7" not in "".join(filter(None, kept))


def test_faults_name_the_place_of_the_object_that_is_meant(house: Bureaus) -> None:
    long = "x" * 200_000
    record = RECORD | {
        "id": "f-1",
        "person": {"tattoo": long},
        "warrants": [{"no": "1", "day": "2099-01-02"}, {"no": "2", "day": "2099-02-31"}],
    }
    (told,) = post(house.tunis, record).json()["records"]
    places = [place for fault in told["faults"] for place in fault["places"]]
    assert "warrants/1/day" in places
    assert "person/tattoo" in places
    assert "person/mark" not in places


def test_a_record_opens_a_form_for_an_officer(house: Bureaus) -> None:
    record = {"id": "d-1", "name": "Sample", "warrants": [{"no": "7", "day": "yesterday"}], "desk": "12"}
    answer = post(house.tunis, [record, {"name": "Other"}], "drafts")
    assert answer.status_code == 200, answer.text
    first, second = answer.json()["records"]
    assert (first["outcome"], second["outcome"]) == ("drafted", "drafted")
    assert first["faults"][0]["places"] == ["warrants/0/day"]
    assert first["lost"] == ["/desk"]
    assert house.madrid.get(f"/api/v1/drafts/{first['draft']}").status_code == 404
    draft = house.tunis.get(f"/api/v1/drafts/{first['draft']}").json()
    assert (draft["type"], draft["body"]["subject"]["family_name"]) == ("RedNotice", "Sample")
    client, _csrf = house.officer("TN")
    page = client.get(first["page"])
    assert page.status_code == 200
    assert "Sample" in page.text
    assert house.tunis.get(f"{API}/messages/d-1").status_code == 404, "nothing is recorded yet"


def test_a_part_of_a_batch_that_cannot_be_read_leaves_the_rest(house: Bureaus) -> None:
    body = b'{"id": "b-1", "name": "One"}\n{"id": "b-2", "name": NaN}\n[1]\n{"id": "b-3", "name": "Three"}\n'
    answer = house.tunis.post(f"{API}/messages", content=body)
    assert answer.status_code == 207
    assert [one["outcome"] for one in answer.json()["records"]] == [
        "created",
        "refused",
        "refused",
        "created",
    ]
    assert [one["line"] for one in answer.json()["records"]] == [1, 2, 3, 4]
