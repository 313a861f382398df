"""P-02: redaction happens before any write; raw text has no way to a disk."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from letters import petition as stored_petition
from offices import TestOffice, petition
from sqlalchemy.exc import StatementError

from pipeline.redact import redact

ROOT = Path(__file__).parent.parent.parent
SEALERS = {"pipeline/redact/redactor.py", "pipeline/store/columns.py", "pipeline/store/erasing.py"}


def test_only_redactor_and_store_can_make_redacted_text() -> None:
    holders = set()
    for room in ("crawlers", "pipeline", "models", "index", "api"):
        for path in (ROOT / room).rglob("*.py"):
            imports = (n for n in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(n, ast.ImportFrom))
            names = {name.name for node in imports if node.module == "pipeline.redacted" for name in node.names}
            if names & {"seal", "_SEAL"}:
                holders.add(path.relative_to(ROOT).as_posix())
    assert holders == SEALERS


def test_the_store_refuses_a_plain_string(office: TestOffice) -> None:
    document = stored_petition(1)
    forged = document.model_copy(update={"body": "我叫某某，电话13800000000"})
    with pytest.raises((TypeError, StatementError)):
        office.store.add_documents([forged])
    assert office.documents() == []


def test_what_cannot_be_redacted_is_set_aside_without_its_content(office: TestOffice) -> None:
    receipt = office.receive([petition("题|正文\ud800坏", number=1), petition("路灯|路灯坏了三个月没人修。", number=2)])
    assert (receipt.new, receipt.quarantined) == (1, 1)
    (held,) = office.store.quarantined()
    assert held.stage == "intake"
    assert "正文" not in "\n".join(content.decode("utf-8", "replace") for content in office.files().values())


def test_a_repaired_item_leaves_the_quarantine_when_it_comes_again(office: TestOffice) -> None:
    office.receive([petition("题|正文\ud800坏", number=1)])
    office.receive([petition("题|正文已经改好，路灯坏了三个月。", number=1)])
    assert office.store.quarantined() == [] and len(office.documents()) == 1


def test_redacting_what_was_redacted_changes_nothing() -> None:
    once = redact("联系人张建国，电话13800138000，住青石小区3栋2单元501室。").text
    assert redact(once).text == once
