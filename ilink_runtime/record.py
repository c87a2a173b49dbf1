"""What the generated Pydantic models stand on: the same verdict as `schema.json`, input by input."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from ilink_runtime.checks import CHECKS, OBJECT_CHECKS
from ilink_runtime.conditions import Condition, fires, holds, is_absent, matches
from ilink_runtime.validation import repetitions

#: RFC 8259, section 6: beyond these an integer is not the same number everywhere.
_SAFE = 2**53 - 1


@dataclass(frozen=True, slots=True)
class ModelRule:
    """A rule of the record level."""

    code: str
    when: Condition | None
    then: Condition
    otherwise: Condition | None = None


@dataclass(frozen=True, slots=True)
class ModelCheck:
    """A named check over several fields of one object."""

    check: str
    slots: tuple[str, ...]


class Record(BaseModel):
    """A class of the standard: strict, closed, and held to its rules of the record level."""

    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False, protected_namespaces=())

    rules: ClassVar[Sequence[ModelRule]] = ()
    object_checks: ClassVar[Sequence[ModelCheck]] = ()

    @model_validator(mode="after")
    def _hold_rules(self) -> Record:
        if not self.rules and not self.object_checks:
            return self
        said = self.model_dump(mode="python", by_alias=True, exclude_none=True)
        for rule in self.rules:
            applied = rule.then if fires(rule.when, said) else rule.otherwise
            if applied is not None and holds(applied, said) is False:
                raise ValueError(rule.code)
        for check in self.object_checks:
            values = [said.get(slot) for slot in check.slots]
            if not any(map(is_absent, values)) and not OBJECT_CHECKS[check.check](*values):
                raise ValueError(check.check)
        return self


def passes(name: str) -> AfterValidator:
    """A named check as a validator of a field."""
    check = CHECKS[name]

    def validate(value: Any) -> Any:
        if isinstance(value, str) and not check(value):
            raise ValueError(name)
        return value

    return AfterValidator(validate)


def looks_like(pattern: str) -> AfterValidator:
    """A portable pattern as a validator of a field."""

    def validate(value: Any) -> Any:
        if isinstance(value, str) and not matches(pattern, value):
            raise ValueError("pattern")
        return value

    return AfterValidator(validate)


def one_of(*texts: str) -> AfterValidator:
    """The texts of which a field has one."""

    def validate(value: Any) -> Any:
        if value not in texts:
            raise ValueError("not_in_list")
        return value

    return AfterValidator(validate)


def unique(*keys: Sequence[str]) -> AfterValidator:
    """Keys whose values together may not repeat in a list of objects."""

    def validate(members: Any) -> Any:
        said = [
            member.model_dump(by_alias=True) if isinstance(member, BaseModel) else member
            for member in members
        ]
        if repetitions(said, keys):
            raise ValueError("repeated")
        return members

    return AfterValidator(validate)


def at_least_if_any(count: int) -> AfterValidator:
    """An optional list is empty or has so many members."""

    def validate(members: Any) -> Any:
        if 0 < len(members) < count:
            raise ValueError("too_few")
        return members

    return AfterValidator(validate)


def _whole(value: Any) -> Any:
    """178.0 is the integer 178, as JSON Schema has it."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


Integer = Annotated[int, BeforeValidator(_whole), Field(ge=-_SAFE, le=_SAFE)]
