"""Whatever stands in a model, it is compiled into files that work, or refused by file and line."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

from ilink_generators import ModelRefused, generate, load
from tests.agreement.judges import Judges, load_python

CASES = Path(__file__).parent / "cases"
MODELS = sorted(path for path in CASES.glob("*/model.yaml") if not path.parent.name.startswith("refused"))
WRONG: tuple[Any, ...] = (
    None,
    1,
    -2.5,
    True,
    "x",
    "",
    "class",
    [],
    ["x"],
    [{}],
    {},
    {"x": None},
    {"x": 1},
    {"x": {"x": {}}},
)
TIMES = 8


def _places(node: Any) -> Iterator[tuple[Any, Any]]:
    members = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, member in members:
        yield node, key
        yield from _places(member)


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.parent.name)
def test_a_changed_model_is_compiled_or_refused(path: Path, tmp_path: Path) -> None:
    chance = random.Random(path.parent.name)
    whole = yaml.safe_load(path.read_text("utf-8"))
    for _ in range(TIMES):
        model = deepcopy(whole)
        holder, key = chance.choice(list(_places(model)))
        holder[key] = deepcopy(chance.choice(WRONG))
        _compile(model, tmp_path)


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.parent.name)
def test_a_model_with_words_of_another_place(path: Path, tmp_path: Path) -> None:
    """Keys and values of one element set into another: the words are known, the places are not."""
    chance = random.Random(path.parent.name)
    whole = yaml.safe_load(path.read_text("utf-8"))
    for _ in range(TIMES):
        model = deepcopy(whole)
        places = [(holder, key) for holder, key in _places(model) if isinstance(holder, dict)]
        (giver, word), (taker, _) = chance.choice(places), chance.choice(places)
        taker[word] = deepcopy(giver[word])
        _compile(model, tmp_path)


def _compile(model: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "model.yaml"
    try:
        path.write_text(yaml.safe_dump(model, sort_keys=False, allow_unicode=True), "utf-8")
        files = generate(load(path))
    except ModelRefused:
        return
    load_python(files["tables.py"], tmp_path)
    judges = Judges(files, tmp_path)
    for message_type in json.loads(files["standard.json"])["messages"]:
        judges.agree(message_type, {})
