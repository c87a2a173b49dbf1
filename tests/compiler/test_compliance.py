"""LinkML's own compliance cases: few are refused, most are judged rightly, and our judges are of one mind."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.compiler.compliance import CASES, Bench, Verdicts, cases

pytestmark = pytest.mark.skipif(
    not CASES.is_file(), reason="the compliance cases (../shared/data/linkml-compliance) are not here"
)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> list[Verdicts]:
    bench = Bench(tmp_path_factory.mktemp("compliance"))
    return [bench.judge(case) for case in cases()]


def _shown(few: list[Verdicts]) -> list[str]:
    return [f"{v.case.number} {v.case.feature} {v.case.value}: {v.refused or v}" for v in few]


def test_few_cases_are_refused(found: list[Verdicts]) -> None:
    refused = [v for v in found if v.refused]
    assert len(refused) <= 0.02 * len(found), _shown(refused)


def test_the_server_and_pydantic_are_right(found: list[Verdicts]) -> None:
    judged = [v for v in found if not v.refused]
    wrong = [v for v in judged if not v.right]
    assert len(wrong) <= 0.015 * len(judged), _shown(wrong)


def test_the_server_and_pydantic_never_differ(found: list[Verdicts]) -> None:
    assert _shown([v for v in found if v.server != v.pydantic]) == []


def test_json_schema_alone_is_right(found: list[Verdicts]) -> None:
    judged = [v for v in found if not v.refused]
    wrong = [v for v in judged if not v.plainly_right]
    assert len(wrong) <= 0.04 * len(judged), _shown(wrong)
    assert _shown([v for v in judged if v.plain != v.fast]) == []


def test_every_wrong_case_is_explained(found: list[Verdicts]) -> None:
    """The features of cases that are refused or wrong stand in the document with their reason."""
    document = (Path(__file__).parents[2] / "docs" / "linkml-support.md").read_text("utf-8")
    features = {v.case.feature for v in found if v.refused or not v.right or not v.plainly_right}
    assert {feature for feature in features if f"`{feature}`" not in document} == set()
