"""JSON Schema (2020-12) of every record: what is stored, what is pulled, what is sent. ``docs/schemas`` holds the same.

Run ``python -m api.schemas docs/schemas`` after a record changed; a test fails while the files say something else.
"""

from __future__ import annotations

import json
import re
import sys
from functools import cache
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

import pipeline.records
from api.answers import EvidenceOpened, RiskPointCard, SealedCard
from api.change_desk import SCHEMA_VERSION
from api.changes import RiskPointChange, RiskPointChanges
from api.coverage_answers import CoverageShown
from api.diff_answers import RiskPointDiff
from api.matter_answers import MatterFound, Matters
from api.problems import Problem
from pipeline.records import Record
from pipeline.records.webhook import Webhook, WebhookEvent
from pipeline.redacted import RedactedText

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
PULLED: Final[dict[str, Any]] = {
    "risk_point_change": RiskPointChange,
    "risk_point_changes": RiskPointChanges,
    "risk_point_card": RiskPointCard,
    "risk_point_diff": RiskPointDiff,
    "sealed_card": SealedCard,
    "evidence_opened": EvidenceOpened,
    "coverage": CoverageShown,
    "matters": Matters,
    "matter_found": MatterFound,
    "problem": Problem,
    "webhook": Webhook,
    "webhook_event": WebhookEvent,
}
"""Records that leave over HTTP beside those that are stored."""


class _Schema(GenerateJsonSchema):
    """Knows that a redacted text is sent as a string."""

    def is_instance_schema(self, schema: core_schema.IsInstanceSchema) -> JsonSchemaValue:
        if schema["cls"] is RedactedText:
            return {"type": "string", "description": "Redacted text (P-02)."}
        return super().is_instance_schema(schema)


@cache
def records() -> dict[str, Any]:
    """Every record by its name in snake case: those of ``pipeline.records`` and those that are pulled or sent."""
    stored = {
        _snake(name): kind
        for name in pipeline.records.__all__
        if isinstance(kind := getattr(pipeline.records, name), type)
        and issubclass(kind, BaseModel)
        and kind is not Record
    }
    return dict(sorted({**stored, **PULLED}.items()))


@cache
def schema_of(name: str) -> dict[str, Any]:
    """The schema of a record as it is sent. Raises KeyError for a name that :func:`records` does not have."""
    schema = TypeAdapter(records()[name]).json_schema(mode="serialization", schema_generator=_Schema)
    return {"$schema": DIALECT, "$id": f"urn:minyi:schema:{name}:{SCHEMA_VERSION}", "version": SCHEMA_VERSION, **schema}


def files() -> dict[str, str]:
    """The files of ``docs/schemas`` by name."""
    return {
        f"{name}.json": json.dumps(schema_of(name), ensure_ascii=False, indent=1, sort_keys=True) + "\n"
        for name in records()
    }


def write(folder: Path) -> None:
    """Makes the folder hold exactly these files."""
    folder.mkdir(parents=True, exist_ok=True)
    made = files()
    for path in folder.glob("*.json"):
        if path.name not in made:
            path.unlink()
    for name, text in made.items():
        (folder / name).write_text(text, "utf-8")


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


if __name__ == "__main__":
    write(Path(sys.argv[1]))
