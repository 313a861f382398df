"""Entries refuse what cannot be right; regions are found from everything above them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from index import Deletion, IndexEntry
from index.fields import region_path


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"id": ""}, "E612"),
        ({"id": "a\nb"}, "E612"),
        ({"id": "x" * 257}, "E612"),
        ({"sequence": 0}, "E613"),
        ({"sequence": 2**53}, "E613"),
        ({"escalation": 6}, "E611"),
        ({"published_at": datetime(2026, 1, 1)}, "E610"),
    ],
)
def test_an_entry_refuses_what_cannot_be_right(wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        IndexEntry(**({"id": "d", "sequence": 1, "title": "", "body": ""} | wrong))


def test_a_deletion_needs_an_id_and_a_sequence() -> None:
    with pytest.raises(ValueError, match="E613"):
        Deletion("d", 0)


def test_a_document_is_its_own_origin_unless_it_is_a_copy() -> None:
    assert IndexEntry(id="d", sequence=1, title="a", body="b").origin_id == "d"
    assert IndexEntry(id="d", sequence=1, title="a", body="b").text == "a\nb"


def test_moments_are_kept_in_utc() -> None:
    moment = datetime.fromisoformat("2026-01-01T00:30:00+08:00")
    assert IndexEntry(id="d", sequence=1, title="", body="", published_at=moment).published_at == datetime(
        2025, 12, 31, 16, 30, tzinfo=UTC
    )


@pytest.mark.parametrize(
    ("code", "path"),
    [
        ("990206009001", ("99", "9902", "990206", "990206009", "990206009001")),
        ("990206009", ("99", "9902", "990206", "990206009")),
        ("990206", ("99", "9902", "990206")),
        ("990200", ("99", "9902")),
        ("990000", ("99",)),
        ("99", ("99",)),
        ("云州市/石盘镇", ("云州市", "云州市/石盘镇")),
        ("石盘村", ("石盘村",)),
    ],
)
def test_a_region_has_everything_above_it(code: str, path: tuple[str, ...]) -> None:
    assert region_path(code) == path
