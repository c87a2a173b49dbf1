"""What the generated Pydantic models stand on: the same verdict as `schema.json`, input by input."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, ClassVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    TypeAdapter,
    ValidationError,
    model_validator,
)

from ilink_runtime.checks import CHECKS, OBJECT_CHECKS
from ilink_runtime.conditions import Condition, Is, Scalar, fires, holds, is_absent, matches
from ilink_runtime.validation import repetitions, written

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


class OpenRecord(Record):
    """A class that takes fields which the standard does not name."""

    model_config = ConfigDict(extra="allow")


class Abstract(Record):
    """An abstract class: it has no objects of its own."""

    @model_validator(mode="before")
    @classmethod
    def _refuse(cls, _: Any) -> Any:
        raise ValueError("abstract")


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


def reads_like(pattern: str) -> AfterValidator:
    """A portable pattern of a number as it is written."""

    def validate(value: Any) -> Any:
        if not matches(pattern, written(value)):
            raise ValueError("pattern")
        return value

    return AfterValidator(validate)


def one_of(*values: Scalar) -> AfterValidator:
    """The values of which a field has one."""
    is_one = Is(values)

    def validate(value: Any) -> Any:
        if not holds(is_one, value):
            raise ValueError("not_in_list")
        return value

    return AfterValidator(validate)


def between(minimum: float | None, maximum: float | None) -> AfterValidator:
    """The bounds of a value that may be a number."""

    def validate(value: Any) -> Any:
        if isinstance(value, int | float) and not isinstance(value, bool):
            if minimum is not None and value < minimum:
                raise ValueError("too_small")
            if maximum is not None and value > maximum:
                raise ValueError("too_large")
        return value

    return AfterValidator(validate)


def held(word: str, *ranges: Any) -> BeforeValidator:
    """A value held against ranges, joined by `all_of`, `exactly_one_of` or `none_of`."""

    @cache
    def judges() -> list[TypeAdapter[Any]]:
        return [TypeAdapter(range_) for range_ in ranges]

    def passes(judge: TypeAdapter[Any], value: Any) -> bool:
        try:
            judge.validate_python(value, strict=True)
        except ValidationError:
            return False
        return True

    def validate(value: Any) -> Any:
        count = sum(passes(judge, value) for judge in judges())
        right = {"all_of": len(ranges) == count, "exactly_one_of": count == 1, "none_of": count == 0}
        if not right.get(word, count > 0):
            raise ValueError("alternatives")
        return value

    return BeforeValidator(validate)


def told_by(designator: str, declared: str, *named: str) -> Discriminator:
    """Which class an object is: the one its designator names, the declared one where it says nothing."""
    classes = dict(zip(named[::2], named[1::2], strict=True))

    def tell(value: Any) -> str | None:
        said = value.get(designator) if isinstance(value, dict) else getattr(value, designator, None)
        return declared or None if said is None else classes.get(said) if isinstance(said, str) else None

    return Discriminator(tell)


def _distinct(members: Any) -> Any:
    """A list in which nothing stands twice."""
    said = [
        m.model_dump(by_alias=True, exclude_unset=True) if isinstance(m, BaseModel) else m for m in members
    ]
    if any(_equal(one, other) for number, one in enumerate(said) for other in said[:number]):
        raise ValueError("repeated")
    return members


def _equal(one: Any, other: Any) -> bool:
    """JSON equality: true is not 1, 178.0 is 178."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_equal(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_equal, one, other))
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


#: Marks a list in which nothing stands twice.
DISTINCT = AfterValidator(_distinct)


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
