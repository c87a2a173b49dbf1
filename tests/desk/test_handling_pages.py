"""Pages of a message that not everybody sees alike: strip, marks, form; and lists without names."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import Connection
from starlette.testclient import TestClient

from ilink_runtime import bundle, people, submission
from ilink_runtime.access import Reader
from ilink_runtime.app import create_app
from ilink_runtime.messages import Receipt
from ilink_runtime.settings import Settings
from tests.api.bureaus import diffusion
from tests.desk.test_pages import PASSWORD, Browser

TUNIS = Reader("TN", "user:amal", "p")
OFFICERS = {"amal": ("TN", None), "mario": ("ES", None), "marie": ("FR", None), "dora": ("FR", "douane")}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    """A server whose standard withholds the names of victims."""
    home = tmp_path_factory.mktemp("handling")
    standard = home / "standard"
    shutil.copytree(bundle.DEFAULT, standard)
    _mask_victims(standard / "code_lists.json")
    made = create_app(Settings(database=f"sqlite:///{home / 'desk.sqlite3'}", standard=standard))

    def settle(connection: Connection) -> None:
        for code in ("TN", "ES", "FR"):
            people.create_bureau(connection, code, "ncb", code)
        people.create_entity(connection, "FR", "douane", "Douane")
        for username, (bureau, entity) in OFFICERS.items():
            people.create_user(
                connection, username, username, bureau, PASSWORD, entity=entity, may_write=entity is None
            )

    made.state.store.write(settle)
    with TestClient(made):
        yield made


def _mask_victims(path: Path) -> None:
    lists = json.loads(path.read_text("utf-8"))
    for code in lists["PersonStatus"]["codes"]:
        code["masked"] = code["code"] == "victim"
    path.write_text(json.dumps(lists), "utf-8")


def send(app: FastAPI, **changes: Any) -> Receipt:
    receipt: Receipt = app.state.store.write(
        lambda c: submission.record(c, app.state.bundle, TUNIS, diffusion(**changes))
    )
    return receipt


def strip(page: str) -> str:
    """The words of the handling strip."""
    found = re.search(r'<aside class="handling.*?</aside>', page, re.S)
    assert found is not None
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found[0])))


def test_the_strip_says_all_of_the_handling_and_to_the_owner_from_whom_it_is_hidden(app: FastAPI) -> None:
    handling = {
        "confidentiality": "restricted",
        "restricted_to": ["ES"],
        "restricted_to_entities": ["FR/dgpn"],
        "hidden_from": ["DE"],
        "hidden_from_entities": ["ES/policia"],
        "conditions_of_use": ["not_in_court", "no_onward_sharing"],
        "other_conditions": {"text": "Call first.", "language": "en"},
        "handling_code": "H3",
        "source_evaluation": "A",
        "information_evaluation": "2",
    }
    receipt = send(app, handling=handling)
    own, madrid = (
        strip(Browser(app, name).get(f"/messages/{receipt.reference}")) for name in ("amal", "mario")
    )
    for said in (
        "Restricted",
        "Only for: Spain and France (dgpn)",
        "Not as evidence in court without permission and Do not pass on without permission",
        "Call first.",
        "H3 Other restrictions",
        "A No doubt about the source",
        "2 Known to the source itself",
    ):
        assert said in own
        assert said in madrid
    assert "Hidden from: Germany and Spain (policia)" in own
    page = Browser(app, "mario").get(f"/messages/{receipt.reference}")
    assert "Germany" not in page
    assert "policia" not in page


def test_a_restricted_part_is_marked_for_those_who_see_it_and_gone_for_the_others(app: FastAPI) -> None:
    entries = [{"pointer": "/subject/phone_numbers/0", "restricted_to": ["ES"]}]
    receipt = send(app, handling={"field_restrictions": entries})
    for name, sees in (("amal", True), ("mario", True), ("marie", False)):
        page = Browser(app, name).get(f"/messages/{receipt.reference}")
        assert ("+21620123456" in page) is sees
        assert ("only ES" in re.sub(r"\s+", " ", page)) is sees
        assert ("field_restrictions" in page) is sees


def test_a_service_reads_what_it_may_and_writes_nothing(app: FastAPI) -> None:
    hidden = send(app, handling={"hidden_from_entities": ["FR/douane"]})
    shown = send(app)
    dora, marie = Browser(app, "dora"), Browser(app, "marie")
    assert "France (douane)" in dora.get("/")
    dora.get(f"/messages/{hidden.reference}")
    assert dora.status == 404
    marie.get(f"/messages/{hidden.reference}")
    assert marie.status == 200
    dora.get(f"/messages/{shown.reference}")
    assert dora.status == 200
    dora.get("/forms/RedNotice")
    dora.press("save", __subject__family_name="Ben Ali")
    assert dora.status == 403


def test_a_part_is_chosen_by_its_label(app: FastAPI) -> None:
    amal = Browser(app, "amal")
    amal.get("/forms/RedNotice")
    amal.press(
        "add:/handling/field_restrictions",
        __subject__family_name="Ben Ali",
        __subject__status="charged",
        __purpose="wanted_person",
    )
    amal.press("add:/subject/phone_numbers")
    amal.press(
        "add:/handling/field_restrictions/0/restricted_to", __subject__phone_numbers__0__number="+21620123456"
    )
    labels = re.findall(
        r"<option value=\"([^\"]*)\">", amal.page.split('id="list-of-parts"')[1].split("</datalist>")[0]
    )
    assert "Phones 1" in labels
    assert "Family name" in labels
    assert "Purpose" not in labels
    amal.press(
        "save",
        __handling__field_restrictions__0__pointer="Phones 1",
        __handling__field_restrictions__0__restricted_to__0="ES",
    )
    assert dict(amal.posting())["/handling/field_restrictions/0/pointer"] == "Phones 1"
    amal.press("check")
    assert amal.path.endswith("/check"), amal.page
    assert "only ES" in re.sub(r"\s+", " ", amal.page)
    draft = amal.path.removesuffix("/check")
    kept = amal.http.get(f"/api/v1{draft}").json()["body"]["handling"]["field_restrictions"]
    assert kept == [{"pointer": "/subject/phone_numbers/0", "restricted_to": ["ES"]}]


def test_a_part_that_is_not_there_is_a_fault_at_its_box(app: FastAPI) -> None:
    amal = Browser(app, "amal")
    amal.get("/forms/RedNotice")
    amal.press("add:/handling/field_restrictions", __subject__family_name="Ben Ali")
    amal.press("check", __handling__field_restrictions__0__pointer="/subject/phone_numbers/7")
    links = re.findall(r'<li><a href="#([^"]+)">([^<]*)', amal.page.split('class="fault-summary"')[1])
    found = dict(links)["/handling/field_restrictions/0/pointer"]
    assert "nothing would be hidden" in found


def test_a_list_withholds_the_name_of_a_victim_from_all_but_the_owner(app: FastAPI) -> None:
    phones = [{"number": "+21633333333"}]
    subject = diffusion()["subject"] | {"family_name": "Zerrouki", "phone_numbers": phones}
    victim = send(app, subject=subject | {"status": "victim"})
    other = send(app, subject=diffusion()["subject"] | {"phone_numbers": phones})
    mario, amal = Browser(app, "mario"), Browser(app, "amal")
    for path in ("/", "/search?q=Zerrouki", f"/threads/{other.reference}", f"/messages/{other.reference}"):
        assert f"/messages/{victim.reference}" in mario.get(path)
        assert "Zerrouki, " not in mario.page
        assert "Name withheld (Victim)" in mario.page
        assert "Zerrouki, " in amal.get(path)
    assert "Zerrouki" in mario.get(f"/messages/{victim.reference}")
    api = mario.http.get("/api/v1/search", params={"q": "Zerrouki"}).json()["hits"][0]
    assert (api["headline"], api["withheld"]) == ("Name withheld (Victim)", "PersonStatus.victim")
    shared = mario.http.get(f"/api/v1/messages/{other.reference}/threads").json()["threads"][0]["others"]
    assert "Name withheld (Victim)" in [one["hit"]["headline"] for one in shared]
    assert "Zerrouki" not in json.dumps(shared)


def test_what_is_found_at_an_innocent_person_says_so(app: FastAPI) -> None:
    paper = {"document_type": "passport", "number": "Z7654321", "issuing_country": "ES"}
    innocent = {"consent": True, "family_name": "Quintanilla", "identity_documents": [paper]}
    user = send(app, subject=diffusion()["subject"] | {"misused_identities": [innocent]})
    owner = send(
        app, subject={"family_name": "Quintanilla", "status": "missing", "identity_documents": [paper]}
    )
    mario = Browser(app, "mario")
    for text in ("Quintanilla", "Z7654321"):
        hits = mario.http.get("/api/v1/search", params={"q": text}).json()["hits"]
        assert {hit["reference"]: hit["misused"] for hit in hits} == {
            user.reference: True,
            owner.reference: False,
        }
        assert mario.get(f"/search?q={text}").count("identity misused by another person") == 1
    for receipt in (user, owner):
        assert mario.get(f"/threads/{receipt.reference}").count("identity misused by another person") == 1
