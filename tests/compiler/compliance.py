"""The verdicts of our artefacts on LinkML's own compliance cases: what is refused, right and wrong.

`python -m tests.compiler.compliance` prints the figures and every case that is not right.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema_rs
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from ilink_generators import ModelRefused, generate, load
from ilink_generators.pydantic_models import python_name
from ilink_runtime.validation import validator
from tests.agreement.judges import load_python

#: Where the cases lie: `ILINK_COMPLIANCE`, else the shared data beside the project.
CASES = Path(
    os.environ.get("ILINK_COMPLIANCE")
    or Path(__file__).parents[3] / "shared" / "data" / "linkml-compliance" / "cases.jsonl"
)


@dataclass(frozen=True)
class Case:
    """A model, an object of a class, and whether the object is valid."""

    number: int
    feature: str
    schema: dict[str, Any]
    target: str
    value: Any
    valid: bool


@dataclass(frozen=True)
class Verdicts:
    """What each judge says of a case; `refused` is why the model was not compiled."""

    case: Case
    server: bool | None = None
    pydantic: bool | None = None
    plain: bool | None = None
    fast: bool | None = None
    refused: str = ""

    @property
    def right(self) -> bool:
        """Whether the server's validator and the Pydantic models are both right."""
        return self.server == self.pydantic == self.case.valid

    @property
    def plainly_right(self) -> bool:
        """Whether JSON Schema alone is right, in either engine."""
        return self.plain == self.fast == self.case.valid


def cases(path: Path = CASES) -> Iterator[Case]:
    """Every case of the file."""
    for number, line in enumerate(path.read_text("utf-8").splitlines()):
        row = json.loads(line)
        yield Case(number, row["feature"], row["schema"], row["target_class"], row["object"], row["valid"])


class Bench:
    """Judges cases, each model compiled once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._compiled: dict[str, dict[str, str] | str] = {}

    def judge(self, case: Case) -> Verdicts:
        """What every judge says; a model without the class is as good as refused."""
        files = self._files(json.dumps(case.schema))
        if isinstance(files, str):
            return Verdicts(case, refused=files)
        schema = json.loads(files["schema.json"])
        if case.target not in schema["$defs"]:
            return Verdicts(case, refused=f"no class {case.target} in schema.json")
        plain = {"$ref": f"#/$defs/{case.target}", "$defs": schema["$defs"]}
        return Verdicts(
            case,
            server=not validator(schema, case.target)(case.value),
            pydantic=self._pydantic(files["models.py"], case),
            plain=Draft202012Validator(plain).is_valid(case.value),
            fast=jsonschema_rs.Draft202012Validator(plain, validate_formats=False).is_valid(case.value),
        )

    def _files(self, text: str) -> dict[str, str] | str:
        if text not in self._compiled:
            path = self._folder / f"model{len(self._compiled)}.yaml"
            path.write_text(text, "utf-8")
            try:
                self._compiled[text] = generate(load(path))
            except ModelRefused as refused:
                self._compiled[text] = str(refused)
        return self._compiled[text]

    def _pydantic(self, models: str, case: Case) -> bool:
        try:
            getattr(load_python(models, self._folder), python_name(case.target)).model_validate(case.value)
        except ValidationError:
            return False
        return True


def main() -> None:
    """Prints the figures, then what was refused, what is wrong, and where judges differ."""
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder))
        found = [bench.judge(case) for case in cases()]
    judged = [verdicts for verdicts in found if not verdicts.refused]
    for name, few, of in (
        ("refused", [v for v in found if v.refused], found),
        ("right", [v for v in judged if v.right], judged),
        ("right by JSON Schema alone", [v for v in judged if v.plainly_right], judged),
        ("server and Pydantic differ", [v for v in judged if v.server != v.pydantic], judged),
    ):
        print(f"{name}: {len(few)} of {len(of)} ({len(few) / max(len(of), 1):.1%})")
    for v in found:
        line = f"{v.case.number} {v.case.feature} {v.case.valid} {json.dumps(v.case.value)}"
        if v.refused:
            print(f"refused {line}: {v.refused.splitlines()[0]}")
        elif not v.right or ("--plain" in sys.argv and not v.plainly_right):
            print(f"wrong {line}: server {v.server}, pydantic {v.pydantic}, plain {v.plain} {v.fast}")


if __name__ == "__main__":
    main()
