"""The example texts: what is generated says what the sources say, and the set holds what the demo promises."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter, defaultdict
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from examples import build
from models.taxonomy import taxonomy
from pipeline.records.project import DecisionProject

FOLDER = Path(build.__file__).parent
LABELS = [json.loads(line) for line in (FOLDER / "expected.jsonl").read_text(encoding="utf-8").splitlines()]
TEXTS = [label for label in LABELS if label["kind"] != "reply"]
PROJECTS = {
    project.id: project
    for project in map(
        DecisionProject.model_validate_json, (FOLDER / "projects.jsonl").read_text(encoding="utf-8").splitlines()
    )
}
ENTRIES = {entry["key"]: entry for source in build.FILES for entry in build.entries(source)}


def written(label: dict[str, Any]) -> str:
    """Title and text that a label speaks of."""
    entry = ENTRIES[label["key"]]
    return f"{entry.get('title', '')}\n{entry['text']}"


def shingles(text: str) -> set[str]:
    """All runs of four characters, without spaces and width of punctuation."""
    plain = re.sub(r"\W", "", text)
    return {plain[i : i + 4] for i in range(len(plain) - 3)}


@pytest.mark.parametrize("name", build.plain_files())
def test_each_generated_file_says_what_its_source_says(name: str) -> None:
    assert (FOLDER / name).read_bytes() == build.plain_files()[name]


def test_the_register_says_what_its_source_says() -> None:
    assert build.read_sheets(FOLDER / "petitions_ring_road.xlsx") == build.register_sheets()


def test_the_register_looks_like_an_office_file() -> None:
    book = load_workbook(FOLDER / "petitions_ring_road.xlsx")
    assert book.sheetnames == ["上半年", "第三季度"]
    for sheet in book.worksheets:
        assert "A1:L1" in {str(merged) for merged in sheet.merged_cells.ranges}
        assert [cell.value for cell in sheet[3]] == list(build.REGISTER)
        assert isinstance(sheet.cell(4, 7).value, datetime)
        assert sheet.cell(sheet.max_row, 1).value == "合计"


def test_the_board_export_is_gb18030_and_not_utf8() -> None:
    content = (FOLDER / "petitions_waste_plant.csv").read_bytes()
    with pytest.raises(UnicodeDecodeError):
        content.decode("utf-8")
    rows = list(csv.DictReader(io.StringIO(content.decode("gb18030"), newline="")))
    assert tuple(rows[0]) == build.BOARD
    assert [row["留言编号"] for row in rows] == [entry["key"] for entry in build.entries("petitions_waste_plant")]


def test_there_are_enough_texts_of_each_source() -> None:
    counts = Counter(label["file"] for label in TEXTS)
    assert counts["petitions_ring_road.xlsx"] + counts["petitions_waste_plant.csv"] >= 70
    assert counts["hotline.jsonl"] >= 20
    assert counts["weibo.jsonl"] >= 18
    assert counts["news.jsonl"] >= 10
    assert len(LABELS) - len(TEXTS) >= 12
    assert len(ENTRIES) == len(TEXTS)


def test_the_readme_counts_what_is_there() -> None:
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    texts, all_lines = (Counter(label["file"] for label in labels) for labels in (TEXTS, LABELS))
    for file, noun in (("petitions_ring_road.xlsx", "petitions"), ("petitions_waste_plant.csv", "messages")):
        assert f"`{file}` | {texts[file]} {noun}" in readme
        assert f"{all_lines[file] - texts[file]} official replies" in readme
    for file, noun in (("hotline.jsonl", "hotline items"), ("weibo.jsonl", "posts"), ("news.jsonl", "news items")):
        assert f"`{file}` | {texts[file]} {noun}" in readme
    assert f"{len(LABELS)} 件文字" in readme


def test_every_text_and_reply_is_of_a_readable_length() -> None:
    lengths = {key: len(entry["text"]) for key, entry in ENTRIES.items()}
    lengths |= {f"{key}/reply": len(entry["reply"]) for key, entry in ENTRIES.items() if "reply" in entry}
    assert {key: n for key, n in lengths.items() if not 60 <= n <= 600} == {}


def test_at_least_25_risk_factors_of_the_code_list_are_raised_about_the_projects() -> None:
    codes = {code for label in TEXTS for code in label["factors"]}
    assert codes <= set(taxonomy().factors)
    raised = {code for label in TEXTS if label["project_id"] and label["is_grievance"] for code in label["factors"]}
    assert len(raised) >= 25


def test_every_grievance_carries_a_factor() -> None:
    assert [label["key"] for label in TEXTS if label["is_grievance"] and not label["factors"]] == []


@pytest.mark.parametrize("project_id", sorted(PROJECTS))
def test_at_least_four_factors_are_raised_by_several_texts_of_each_project(project_id: str) -> None:
    own = [label for label in TEXTS if label["project_id"] == project_id and label["is_grievance"]]
    counts = Counter(code for label in own for code in label["factors"])
    assert sum(count >= 3 for count in counts.values()) >= 4


def test_every_text_about_a_project_names_it_or_one_of_its_places() -> None:
    unnamed = []
    for label in TEXTS:
        if label["project_id"]:
            project = PROJECTS[label["project_id"]]
            if not any(name in written(label) for name in (*project.aliases, *project.places)):
                unnamed.append(label["key"])
    assert unnamed == []


def test_hard_negatives_include_the_same_place_and_the_same_kind_of_facility_elsewhere() -> None:
    negatives = [label for label in TEXTS if label["kind"] == "hard_negative"]
    assert all(label["project_id"] is None and label["is_grievance"] for label in negatives)
    groups = {label["group"] for label in negatives}
    assert {"same-place", "other-plant", "other-road", "other-expropriation"} <= groups
    places = [place for project in PROJECTS.values() for place in project.places]
    same_place = [label for label in negatives if label["group"] == "same-place"]
    assert sum(any(place in written(label) for place in places) for label in same_place) >= 4


def test_copies_of_one_letter_are_alike_and_other_texts_are_not() -> None:
    groups: dict[str, list[set[str]]] = defaultdict(list)
    for label in TEXTS:
        if label["group"] and label["kind"] != "hard_negative":
            groups[label["group"]].append(shingles(ENTRIES[label["key"]]["text"]))
    assert sum(len(copies) >= 5 for copies in groups.values()) >= 2
    for copies in groups.values():
        assert min(len(copies[0] & copy) / len(copies[0] | copy) for copy in copies) > 0.55
    alone = [shingles(ENTRIES[label["key"]]["text"]) for label in TEXTS if not label["group"]]
    alike = [(a, b) for i, a in enumerate(alone) for b in alone[:i] if len(a & b) / len(a | b) > 0.3]
    assert alike == []


def test_a_residue_stands_in_its_copy_and_in_no_other() -> None:
    residues = [label for label in TEXTS if label["residue"]]
    assert any(label["kind"] == "form_letter" for label in residues)
    for label in residues:
        assert [key for key, entry in ENTRIES.items() if label["residue"] in entry["text"]] == [label["key"]]


def test_every_kind_that_the_demo_shows_is_there() -> None:
    counts = Counter(label["kind"] for label in TEXTS)
    assert counts["praise"] + counts["support"] >= 6
    for kind in ("inquiry", "emergency", "accusation", "chatter", "near_duplicate"):
        assert counts[kind] >= 1, kind
    accused = [label for label in TEXTS if label["kind"] == "accusation"]
    assert all(taxonomy().factors[label["factors"][0]].confidential for label in accused)


@pytest.mark.parametrize("project_id", sorted(PROJECTS))
def test_complaints_rise_over_eight_months(project_id: str) -> None:
    months = Counter(ENTRIES[label["key"]]["time"][:7] for label in TEXTS if label["project_id"] == project_id)
    assert min(months) == "2026-02" and max(months) == "2026-09"
    early, late = (sum(months[f"2026-{month:02}"] for month in span) for span in ((2, 3, 4), (7, 8, 9)))
    assert late > 1.5 * early


def test_a_reply_comes_after_its_petition() -> None:
    for entry in ENTRIES.values():
        if "reply" in entry:
            assert entry["reply_time"] > entry["time"]


def test_there_is_something_of_every_class_to_redact() -> None:
    everything = "\n".join(f"{entry.get('title', '')}\n{entry['text']}" for entry in ENTRIES.values())
    identities = re.findall(r"(?<!\d)\d{17}[\dX](?!\d)", everything)
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    for number in identities:
        assert "10X98765432"[sum(int(d) * w for d, w in zip(number, weights, strict=False)) % 11] == number[17]
    assert len(identities) >= 4
    for pattern in (
        r"1[3-9]\d{9}",
        r"[湘赣][A-Z][A-Z\d]{5}",
        r"@\S+",
        r"[\w.]+@example\.com",
        r"微信|VX",
        r"QQ",
        r"622\d{16}",
    ):
        assert re.search(pattern, everything), pattern


def test_what_must_not_survive_redaction_stands_in_the_text() -> None:
    listed = [(label, value) for label in TEXTS for value in label["personal"]]
    assert len(listed) >= 60
    assert [(label["key"], value) for label, value in listed if value not in written(label)] == []


def test_a_phone_of_the_text_belongs_to_its_register_row_when_both_name_it() -> None:
    for entry in build.entries("petitions_ring_road"):
        for phone in re.findall(r"(?<!\d)1[3-9]\d{9}(?!\d)", entry["text"]):
            assert phone == entry["phone"], entry["key"]
