"""A bundle of one's own with invented adapters, written as `ilink build` writes it."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

from ilink_generators.adapters import generate
from ilink_generators.adapters.read_adapter import read_text
from ilink_runtime import bundle
from tests.adapters.bundled import standard

#: An adapter with a place that the system keeps, a photograph by name, and words for a record taken back.
ADAPTER = """
adapter: zz-test
title: {title}
country: ZZ
official: invented for this test
standard: {{version: "0.1.0"}}
message: RedNotice
language: en
reference: id
recall: "state = gone | void"
keep_central: {{office: the owner's other systems ask for it}}
format: {{type: json, wrap: "yes"}}
rules:
  - {{place: id, field: national_reference}}
  - {{field: purpose, constant: wanted_person}}
  - {{place: name, field: subject.family_name}}
  - {{field: subject.status, constant: {status}}}
  - each: photos
    field: subject.photographs
    rules:
      - {{place: file, field: file_name}}
      - {{place: shows, field: description}}
      - {{place: data, field: sha256, content: base64, direction: in, reason: bytes are fetched by hash}}
  - {{place: person/mark, field: "subject.marks[kind=other].details", language: en}}
  - {{place: person/tattoo, field: "subject.marks[kind=tattoo].details", language: en}}
  - each: warrants
    field: arrest_warrants
    rules:
      - {{place: no, field: number}}
      - {{place: day, field: issue_date, date: yyyy-mm-dd}}
"""


def generated(title: str = "A", status: str = "suspect") -> dict[str, str]:
    """The files of a bundle that are its adapters: the one above alone."""
    faults: list[object] = []
    adapter = read_text(ADAPTER.format(title=title, status=status), faults)  # type: ignore[arg-type]
    assert not faults
    return generate(replace(standard(), adapters={adapter.name: adapter}))


def own_bundle(directory: Path, files: dict[str, str]) -> Path:
    """A copy of the bundle that came along, with these adapters in place of its own."""
    shutil.copytree(
        bundle.DEFAULT, directory, ignore=shutil.ignore_patterns("adapters", "__pycache__", "*.py")
    )
    written(directory, files)
    return directory


def written(directory: Path, files: dict[str, str]) -> None:
    """Writes them one after the other, as a build does."""
    for name, text in sorted(files.items()):
        path = directory / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
