"""Text of a model is untrusted: whatever stands in it is data in every generated file, or is refused."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import yaml
from starlette.testclient import TestClient

from ilink_generators import ModelRefused, generate, load
from ilink_runtime import bundle
from ilink_runtime.bench import Bench, Finding, Shown
from tests.agreement.judges import Judges, load_python

#: Run, this leaves a file behind.
CODE = "__import__('pathlib').Path({marker!r}).touch()"

HOSTILE = {
    "double_quote": 'x", description={code}, alias="y',
    "single_quote": "x', {code}, '",
    "closing_triple": 'a"""\n{code}\n"""',
    "closing_triple_single": "a'''\n{code}\n'''",
    "escaped_triple": 'a\\"""\n{code}',
    "backslash_at_end": "ends in a backslash \\",
    "new_line_code": "first\n{code}\nlast",
    "carriage_return_code": "first\r{code}\r",
    "form_and_line_separators": "a\u2028{code}\u2029b\u0085c",
    "comment_end": "a */ {code} // # -->",
    "jinja_expression": "{{{{ {code} }}}}",
    "jinja_statement": "{{% for a in ().__class__.__base__.__subclasses__() %}}{{{{ a }}}}{{% endfor %}}",
    "jinja_comment": "{{# {code} #}}",
    "format_field": "{{0.__class__.__init__.__globals__}} %s %(name)s ${{code}} {{label}}",
    "f_string": 'f"{{{code}}}"',
    "html_script": "<script>fetch('//evil.example')</script><img src=x onerror=alert(1)>",
    "html_end": "</script></textarea>--><!--",
    "json_end": '"}}, "$ref": "file:///etc/passwd", "x": {{"',
    "ref": "#/$defs/Other",
    "remote_ref": "https://evil.example/schema.json#",
    "import_line": "from os import system",
    "yaml_tag": "!!python/object/apply:os.system ['true']",
    "python_escape": "\\N{{BULLET}} \\x41 \\u0041 \\101",
    "arabic": "الاسم \u200f(ب) 😀 é ǆ",
    "zero_width": "a\u200bb\u200dc\u00adb",
    "only_quotes": "'\"'\"'\"",
    "huge": "x " * 50_000,
    "template_name": "{{% include 'models.py.jinja' %}}",
}
REFUSED = {
    "bidi_override": "user\u202enimda",
    "bidi_isolate": "user\u2066admin",
    "nul": "a\x00b",
    "escape_sequence": "a\x1b[31mb",
    "byte_order_mark": "a\ufeffb",
    "backspace": "a\x08b",
}
PLACES = ("title", "description", "rule", "code", "code label", "annotation", "version", "license", "equals")


def model(text: str, *places: str) -> dict[str, Any]:
    """A small model with the text in some places."""

    def at(name: str, otherwise: str = "plain") -> str:
        return text if name in places else otherwise

    return {
        "id": "https://example.org/hostile",
        "name": "hostile",
        "title": at("title"),
        "description": at("description"),
        "version": at("version", "1"),
        "license": at("license", "x"),
        "imports": ["linkml:types"],
        "enums": {
            "Kind": {
                "title": at("title"),
                "annotations": {"source": at("annotation")},
                "permissible_values": {at("code", "a"): {"title": at("code label")}, "b": {}},
            }
        },
        "types": {
            "Short": {
                "typeof": "string",
                "title": at("title"),
                "annotations": {"thread": "weak", "example": at("annotation")},
            }
        },
        "slots": {"part": {"is_grouping_slot": True, "title": at("title"), "description": at("description")}},
        "classes": {
            "Thing": {
                "title": at("title"),
                "description": at("description"),
                "annotations": {"short_title": at("annotation"), "colour": at("annotation")},
                "attributes": {
                    "name": {
                        "range": "Short",
                        "title": at("title"),
                        "description": at("description"),
                        "slot_group": "part",
                    },
                    "kind": {"range": "Kind"},
                    "fixed": {"range": "string", "equals_string": at("equals", "x")},
                    "inner": {
                        "range": "Inner",
                        "multivalued": True,
                        "inlined_as_list": True,
                        "title": at("title"),
                    },
                },
                "rules": [
                    {
                        "title": at("rule"),
                        "annotations": {"code": "named", "rule_ref": at("annotation")},
                        "preconditions": {"slot_conditions": {"fixed": {"equals_string": at("equals", "x")}}},
                        "postconditions": {"slot_conditions": {"name": {"required": True}}},
                    }
                ],
            },
            "Inner": {"title": at("title"), "attributes": {"a": {"title": at("title")}}},
        },
    }


def _write(tmp_path: Path, text: str, *places: str) -> Path:
    path = tmp_path / "model.yaml"
    path.write_text(yaml.safe_dump(model(text, *places), sort_keys=False), "utf-8")
    return path


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_text_stays_text(text: str, tmp_path: Path) -> None:
    marker = tmp_path / "it ran"
    hostile = text.format(code=CODE.format(marker=str(marker)))
    files = generate(load(_write(tmp_path, hostile, *PLACES)))
    for name, content in files.items():
        if name.endswith(".py"):
            load_python(content, tmp_path)
        else:
            json.loads(content)
    judges = Judges(files, tmp_path)
    assert judges.agree("Thing", {"fixed": hostile, "name": "n", "kind": hostile})
    assert not judges.agree("Thing", {"fixed": "x"})
    assert not marker.exists()
    _is_intact(files, hostile)


class _Page(HTMLParser):
    """What a browser would run, follow and show of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.run: list[str] = []
        self.data: list[str] = []
        self.shown: list[str] = []
        self._inside = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "script":
            self._inside = "data" if given.get("type") == "application/json" else "script"
            if not given.get("src", "").startswith("/static/") and self._inside == "script":
                self.run.append(str(given))
        links = (given.get(name, "") for name in ("href", "src", "action"))
        self.run += [link for link in links if link and not link.startswith(("/", "#"))]
        self.run += [name for name in given if name.startswith("on") or name in ("style", "srcdoc")]
        if tag in ("img", "style", "object", "embed", "base", "meta") and "http-equiv" in given:
            self.run.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self._inside = "" if tag == "script" else self._inside

    def handle_data(self, data: str) -> None:
        if self._inside == "script" and data.strip():
            self.run.append(data)
        (self.data if self._inside == "data" else self.shown).append(data)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_pages_show_text_and_run_nothing(text: str, tmp_path: Path) -> None:
    marker = tmp_path / "it ran"
    hostile = text.format(code=CODE.format(marker=str(marker)))
    bench = Bench()
    finding = Finding(hostile, "Thing.name", hostile, hostile)
    made = bundle.of(generate(load(_write(tmp_path, hostile, *PLACES))))
    bench.show(Shown(made, refusals=(finding,), findings=(finding, replace(finding, element="elsewhere"))))
    words = " ".join(hostile.split())
    root = "/docs/standard"
    client = TestClient(bench.app, raise_server_exceptions=True)
    for path in (
        "/",
        "/bench/Thing",
        root,
        f"{root}/classes",
        f"{root}/classes/Thing",
        f"{root}/codes",
        f"{root}/codes/Kind",
        f"{root}/types",
        f"{root}/types/Short",
        f"{root}/rules",
        f"{root}/index",
        f"{root}/forms/Thing",
    ):
        answer = client.get(path)
        assert answer.status_code == 200, path
        page = _Page(answer.text)
        assert page.run == [], path
        assert words in " ".join(" ".join(page.shown).split()), path
        assert all(json.loads(block) for block in page.data)
    found = client.get(root, params={"q": hostile[:50]})
    assert found.status_code == 200
    assert _Page(found.text).run == []
    tried = client.post(f"{root}/forms/Thing", data={"action": "try", "/name": hostile, "/kind": hostile})
    assert tried.status_code == 200
    assert _Page(tried.text).run == []
    assert not marker.exists()


def _is_intact(files: dict[str, str], hostile: str) -> None:
    """The text is found again, word for word; line breaks of prose are YAML's own."""
    words = " ".join(hostile.split())
    schema, texts = json.loads(files["schema.json"]), json.loads(files["texts/en.json"])
    lists, standard = json.loads(files["code_lists.json"]), json.loads(files["standard.json"])
    titles = ("Thing", "Thing.name", "groups.part", "rules.named", f"Kind.{hostile}")
    assert {texts[f"{path}.title"] for path in titles} == {words}
    assert texts["Thing.name.description"] == words
    assert schema["$defs"]["Thing"]["title"] == words
    assert schema["$defs"]["Kind"]["enum"] == [hostile, "b"]
    assert schema["$defs"]["Thing"]["properties"]["fixed"]["else"]["enum"] == [hostile]
    assert schema["version"] == standard["version"] == hostile
    assert lists["Kind"]["source"] == lists["Kind"]["codes"][0]["code"] == hostile
    assert standard["messages"]["Thing"]["short_title"] == hostile


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_what_a_reviewer_cannot_see_is_refused(text: str, place: str, tmp_path: Path) -> None:
    with pytest.raises(ModelRefused, match=r"model\.yaml:[0-9]+: the invisible character U\+"):
        load(_write(tmp_path, text, place))


NAMES = ['x"y', "x y", "a.b", "../x", "é", "x\ny", "{{x}}", "$ref", "1a", "a/b~c", "__import__('os')", "漢字"]


@pytest.mark.parametrize("name", NAMES)
def test_names_are_made_safe(name: str, tmp_path: Path) -> None:
    """A name that no file can carry becomes one that all can; data keep the name of a field."""
    hostile = model("")
    hostile["enums"][name] = hostile["enums"].pop("Kind")
    hostile["types"][name + " t"] = hostile["types"].pop("Short")
    hostile["classes"][name + " c"] = hostile["classes"].pop("Inner")
    attributes = hostile["classes"]["Thing"]["attributes"]
    attributes["name"]["range"], attributes["kind"]["range"] = name + " t", name
    attributes["inner"]["range"] = name + " c"
    attributes[name] = {"required": True}
    path = tmp_path / "model.yaml"
    path.write_text(yaml.safe_dump(hostile), "utf-8")
    files = generate(load(path))
    assert all(re.fullmatch("[A-Za-z0-9_./]+", file) and ".." not in file for file in files)
    for file, content in files.items():
        if file.endswith(".py"):
            load_python(content, tmp_path)
    schema = json.loads(files["schema.json"])
    assert all(re.fullmatch("[A-Za-z0-9_.]+", definition) for definition in schema["$defs"])
    judges = Judges(files, tmp_path)
    field = "_".join(name.split())
    assert judges.agree("Thing", {field: "x", "kind": "b", "inner": [{"a": "a"}]})
    assert not judges.agree("Thing", {field: "x", "kind": "c"})
    assert not judges.agree("Thing", {})
