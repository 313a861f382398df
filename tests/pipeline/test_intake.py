"""The intake: every item is new, known or set aside, and the sources of all of them can be named."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from offices import TestOffice, petition

from pipeline.raw import RawItem


def test_the_same_items_again_change_nothing(office: TestOffice) -> None:
    texts = ["路灯|路灯坏了三个月没人修。", "水井|上井村的井水浑了，请派人来看。"]
    first, second = office.import_texts(texts), office.import_texts(texts)
    assert (first.new, first.known) == (2, 0)
    assert (second.new, second.known) == (0, 2)


def test_another_text_under_a_known_id_is_refused_by_name_and_what_is_stored_stays(office: TestOffice) -> None:
    lamp, well = (
        petition("路灯|路灯坏了三个月没人修。", number=1),
        petition("水井|井水浑了，联系人：王小梅。", number=2),
    )
    office.receive([lamp, well])
    refused: list[RawItem] = []
    other = petition("噪声|工地夜里放炮，睡不着。", number=1)
    receipt = office.receive([other, well], other_text=refused.append)
    assert (receipt.new, receipt.known, receipt.other_text, receipt.items) == (0, 1, 1, 2)
    assert refused == [other]
    assert {document.title for document in office.documents()} == {"路灯", "水井"}


@pytest.mark.parametrize("name", [b"\xff\xfe.jsonl", b"\x01\x7f.jsonl"], ids=["no UTF-8", "control characters"])
def test_a_file_whose_name_is_no_text_is_imported_under_a_name_that_is(
    office: TestOffice, tmp_path: Path, name: bytes
) -> None:
    file = tmp_path / os.fsdecode(name)
    file.write_text('{"id": "1", "title": "路灯", "text": "路灯坏了三个月没人修。"}\n', "utf-8")
    assert office.import_file(file).new == 1
    (document,) = office.documents()
    assert document.source == "??"


def test_a_reply_is_kept_with_its_petition(office: TestOffice) -> None:
    office.receive(
        [
            petition("路灯|路灯坏了三个月没人修。", number=1),
            petition("|经核实，路灯已于三月修复。", number=2, genre="reply", reply_to="1"),
        ]
    )
    asked, answered = sorted(office.documents(), key=lambda d: d.genre)
    assert answered.reply_to == asked.id and asked.genre == "petition"


def test_an_official_reply_names_its_officials_and_no_citizen(office: TestOffice) -> None:
    office.receive([petition("|李国强局长已到场。反映人王小梅的补偿款已发放。", number=1, genre="reply")])
    (reply,) = office.documents()
    assert "李国强局长" in reply.body and "王小梅" not in reply.body
