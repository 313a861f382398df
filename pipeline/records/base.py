"""What all records share: they are frozen, and they refuse what must not exist."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from models.taxonomy import taxonomy


class Record(BaseModel):
    """An immutable value; unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def canonical_json(self) -> str:
        """The record as JSON with sorted keys and no blanks: equal records give equal bytes."""
        import json

        return json.dumps(self.model_dump(mode="json"), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _factor(code: str) -> str:
    if code not in taxonomy().factors:
        raise ValueError(f"E110: {code!r} is not a risk factor of the taxonomy; see models/taxonomy/risk_factors.yaml")
    return code


def _stakeholder(code: str) -> str:
    if code not in taxonomy().stakeholders:
        raise ValueError(f"E111: {code!r} is not a stakeholder group; see models/taxonomy/stakeholders.yaml")
    return code


def _unit(code: str) -> str:
    if code not in taxonomy().units:
        raise ValueError(f"E112: {code!r} is not a unit; see models/taxonomy/departments.yaml")
    return code


def _cue(code: str) -> str:
    if code not in taxonomy().cues:
        raise ValueError(f"E113: {code!r} is not an escalation cue; see models/taxonomy/escalation_cues.yaml")
    return code


FactorCode = Annotated[str, AfterValidator(_factor)]
"""Code of a risk factor (风险因素) that the taxonomy knows."""
StakeholderCode = Annotated[str, AfterValidator(_stakeholder)]
UnitCode = Annotated[str, AfterValidator(_unit)]
CueCode = Annotated[str, AfterValidator(_cue)]
DocumentId = Annotated[str, Field(pattern=r"^d[0-9a-f]{24}$")]
ProjectId = Annotated[str, Field(pattern=r"^[\w.\-]{1,64}$")]
Probability = Annotated[float, Field(ge=0.0, le=1.0)]
Instant = AwareDatetime
"""A moment with its time zone."""


class Span(Record):
    """A half-open span of Unicode code points in ``document.text``."""

    start: Annotated[int, Field(ge=0)]
    end: Annotated[int, Field(gt=0)]

    @model_validator(mode="after")
    def _not_empty(self) -> Span:
        if self.start >= self.end:
            raise ValueError(f"E102: a span must not be empty: [{self.start}, {self.end})")
        return self


class Interval(Record):
    """A probability with its interval."""

    p: Probability
    low: Probability
    high: Probability

    @model_validator(mode="after")
    def _ordered(self) -> Interval:
        if not self.low <= self.p <= self.high:
            raise ValueError(f"E103: interval out of order: {self.low} ≤ {self.p} ≤ {self.high}")
        return self


class Judgement(Record):
    """A label with the calibrated probability that it is right."""

    label: str
    p: Probability


class Versions(Record):
    """What produced a result; two results with equal versions and inputs are equal."""

    model: str
    taxonomy: str
    redactor: str
    code: str
    registry: str = ""
    """Hash of the decision projects that the text was linked against."""


def spans_in(value: Any) -> list[Span]:
    """Every Span anywhere inside a record, in order of appearance."""
    if isinstance(value, Span):
        return [value]
    if isinstance(value, BaseModel):
        return [span for name in type(value).model_fields for span in spans_in(getattr(value, name))]
    if isinstance(value, (tuple, list)):
        return [span for item in value for span in spans_in(item)]
    if isinstance(value, dict):
        return [span for item in value.values() for span in spans_in(item)]
    return []


def beijing_day(moment: datetime) -> str:
    """The calendar day in Asia/Shanghai, as YYYY-MM-DD."""
    from zoneinfo import ZoneInfo

    return moment.astimezone(ZoneInfo("Asia/Shanghai")).date().isoformat()
