"""P-05 in the index: no field names an author or a voice, so nothing can be searched or counted by person."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from index import EmbeddedIndex, IndexEntry, QueryError
from index.fields import FIELDS, PERSON_WORDS, field_named

ALLOWED = {
    "id", "sequence", "title", "body", "published_at", "source_kind", "source", "genre", "attitude", "is_grievance",
    "factors", "categories", "stakeholder_groups", "escalation", "places", "region_codes", "project_ids",
    "project_mentions", "origin_id", "is_origin",
}  # fmt: skip


def test_an_entry_has_these_fields_and_no_other() -> None:
    assert {field.name for field in dataclasses.fields(IndexEntry)} == ALLOWED


def test_what_can_be_filtered_is_a_part_of_the_entry_and_no_person() -> None:
    assert set(FIELDS) <= ALLOWED
    assert not PERSON_WORDS & ALLOWED


@pytest.mark.parametrize("name", sorted(PERSON_WORDS))
def test_asking_for_a_person_is_answered_with_the_rule(name: str) -> None:
    with pytest.raises(QueryError, match="P-05"):
        field_named(name)


def test_the_files_of_the_embedded_index_name_no_other_field(tmp_path: Path) -> None:
    with EmbeddedIndex(tmp_path):
        written = json.loads((tmp_path / "v0001" / "meta.json").read_text(encoding="utf-8"))["schema"]
    technical = {"body", "title_characters", "body_characters", "state", "day", "newest", "oldest", "stored"}
    assert {field["name"] for field in written} <= ALLOWED | technical
