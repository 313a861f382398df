"""P-29: the number on the card is the number in the feed, the bundle, the workbook, the paper and the contract."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from county import COMPENSATION, DUST, CountyOffice
from docx import Document
from openpyxl import load_workbook
from surfaces import NOW, PROJECT, accept, shared

from api.tables.words import count, factor
from models.taxonomy import taxonomy
from pipeline.bundle import unpacked

GOLDEN = Path(__file__).parent / "golden" / "p29_suppression.json"
"""What each form says of six people and of two; it changes with the rule alone, and then in every form."""


def card(county: CountyOffice, code: str) -> dict[str, Any]:
    answer: dict[str, Any] = county.caller("assessor").get(f"/v1/risk-points/{county.point(code)}").json()
    return answer


def feed(county: CountyOffice, code: str) -> dict[str, Any]:
    rows = county.caller("platform").get("/v1/risk-points").json()["rows"]
    return dict(next(row["card"] for row in rows if row["id"] == county.point(code)))


def bundle(county: CountyOffice, code: str) -> dict[str, Any]:
    content = county.caller("assessor").get(f"/v1/risk-points/{county.point(code)}/bundle").content
    return dict(json.loads(unpacked(content)["candidate.json"]))


def workbook(county: CountyOffice, code: str) -> dict[str, str]:
    book = load_workbook(io.BytesIO(county.caller("assessor").get(f"{PROJECT}/tables/T3").content))
    lines = [[str(cell.value or "") for cell in line] for line in book.worksheets[0].iter_rows()]
    return row_of(lines, code)


def paper(county: CountyOffice, code: str) -> dict[str, str]:
    document = Document(io.BytesIO(county.caller("assessor").get(f"{PROJECT}/tables/T3", form="docx").content))
    return row_of([[cell.text for cell in row.cells] for row in document.tables[0].rows], code)


def row_of(lines: list[list[str]], code: str) -> dict[str, str]:
    heads = next(line for line in lines if "对应风险因素" in line)
    rows = (dict(zip(heads, line, strict=False)) for line in lines[lines.index(heads) + 1 :])
    return next(row for row in rows if row["对应风险因素"] == factor(code))


def contract(county: CountyOffice, code: str) -> dict[str, Any]:
    points = json.loads(shared(county, "risk_points", "api"))["risk_points"]
    return dict(next(point for point in points if point["id"] == county.point(code)))


def figures(county: CountyOffice, code: str) -> dict[str, Any]:
    """What each form tells of how many stand behind a factor, and whether it quotes them."""
    cards = {"card": card(county, code), "feed": feed(county, code), "bundle": bundle(county, code)}
    rows = {"xlsx": workbook(county, code), "docx": paper(county, code)}
    given = contract(county, code)
    return {
        **{name: {**one["counts"], "quoted": bool(one["quotes"])} for name, one in cards.items()},
        **{name: [one["来源类别与条数"], one["独立声音数"]] for name, one in rows.items()},
        "contract": [given["documents"], bool(given["quotes"])],
    }


@pytest.fixture
def decided(county: CountyOffice) -> CountyOffice:
    """A person accepted both risk points: on compensation six spoke, on dust two."""
    county.store.clock = lambda: NOW
    for code in (COMPENSATION, DUST):
        accept(county, code)
    return county


def test_every_form_says_what_is_laid_down(decided: CountyOffice):
    told = {taxonomy().factors[code].name_en: figures(decided, code) for code in (COMPENSATION, DUST)}
    assert told == json.loads(GOLDEN.read_text("utf-8"))


@pytest.mark.parametrize("code", [COMPENSATION, DUST])
def test_no_form_tells_more_than_the_card(decided: CountyOffice, code: str):
    told = figures(decided, code)
    shown = told["card"]
    assert told["feed"] == shown == told["bundle"]
    assert told["xlsx"] == told["docx"]
    assert told["xlsx"][0].endswith(f"合计 {count(shown['documents'])}")
    documents, quoted = told["contract"]
    assert documents in (shown["documents"], {"at_least": 5}) and (shown["quoted"] or not quoted)
    if "less_than" in shown["documents"]:
        assert told["xlsx"][1] == "<5" and not quoted and shown["by_source_kind"] == {}
