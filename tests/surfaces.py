"""Everything that an office gives out about the quarry road: answers, opened texts, files, feeds, reports, contracts."""

from __future__ import annotations

import io
import json
import re
import zipfile
from datetime import timedelta
from html import unescape
from typing import Any

from county import COMPENSATION, PURPOSES, CountyOffice
from letters import MONDAY
from openpyxl import load_workbook

from pipeline.bundle import unpacked

NOW = MONDAY + timedelta(days=40)
"""When everything is asked for: the moments in the answers are those of the texts alone."""
WEEK = "2026-W12"
PROJECT = "/v1/projects/quarry-road"
READERS = (
    "assessor",
    "supervisor",
    "commissioning_unit",
    "local_government",
    "expert",
    "platform",
    "discipline_inspection",
)
ANSWERS: dict[str, dict[str, Any]] = {
    f"{PROJECT}": {},
    f"{PROJECT}/documents": {"size": 100},
    f"{PROJECT}/documents?": {"q": "补偿标准", "collapse": True, "timeline": "week", "facet": ["factor", "attitude"]},
    f"{PROJECT}/facets": {},
    f"{PROJECT}/timeline": {"interval": "day"},
    f"{PROJECT}/timeline?": {"interval": "month"},
    f"{PROJECT}/risk-points": {},
    f"{PROJECT}/matters": {},
    f"{PROJECT}/recurrences": {},
    f"{PROJECT}/alerts": {},
    f"{PROJECT}/forecast": {},
    "/v1/projects": {},
    "/v1/risk-points": {},
    "/v1/dispatches": {"project": "quarry-road"},
    "/v1/incidents": {},
}
LATER = {"updated_at", "change", "next_cursor", "at", "share_id", "release_id", "document_seal", "made_at", "when"}
"""Fields that say when the office wrote something, in which order or under which key, not what anybody said."""
READ_WHOLE = ("assessor", "supervisor", "expert")
"""Who may open a text in some stage."""
OF_ITS_OWN = re.compile(r"\bs[0-9a-f]{24}\b|\b[0-9a-f]{32}\b|bureau-\d+")
"""Names that every contract and every use of one has for itself."""


def given_out(county: CountyOffice, roles: tuple[str, ...] = READERS) -> dict[str, str]:
    """Text by name of all that readers are shown and take away, without what tells when the office did it."""
    county.store.clock = lambda: NOW
    found: dict[str, str] = {}
    for role in roles:
        caller = county.caller(role)
        for name, asked in ANSWERS.items():
            found[f"{role} {name}"] = _told(caller.get(name.removesuffix("?"), **asked))
        for point in county.store.risk_points("quarry-road").rows:
            for part in ("", "/evidence"):
                found[f"{role} {point.id}{part}"] = _told(caller.get(f"/v1/risk-points/{point.id}{part}"))
        if role in READ_WHOLE:
            found |= opened(county, role)
    return found | files(county)


def opened(county: CountyOffice, role: str) -> dict[str, str]:
    """Each text that is there as it is opened whole, sealed ones among them."""
    caller = county.caller(role)
    return {
        f"{role} text {document.id}": OF_ITS_OWN.sub("—", _told(caller.get(f"{PROJECT}/documents/{document.id}")))
        for document in county.store.all_documents()
    }


def files(county: CountyOffice) -> dict[str, str]:
    """What is taken away as a file, opened again."""
    county.store.clock = lambda: NOW
    assessor, supervisor = county.caller("assessor"), county.caller("supervisor")
    found = {}
    for point in county.store.risk_points("quarry-road", sealed=False).rows:
        answer = assessor.get(f"/v1/risk-points/{point.id}/bundle")
        if answer.status_code == 200:
            inside = unpacked(answer.content)
            found[f"bundle {point.id}"] = "\n".join(_plain(json.loads(raw)) for name, raw in sorted(inside.items())
                                                    if name in ("candidate.json", "passages.json"))  # fmt: skip
    for role, by in (("assessor", assessor), ("supervisor", supervisor)):
        answer = by.get(f"{PROJECT}/documents/export")
        if answer.status_code == 200:
            found[f"search export {role} xlsx"] = sheets(answer.content)
    found["tables xlsx"] = sheets(assessor.get(f"{PROJECT}/tables/all").content)
    found["tables docx"] = paper(assessor.get(f"{PROJECT}/tables/all", form="docx").content)
    found["bulletin html"] = page(supervisor.get(f"/v1/bulletins/{WEEK}").text)
    found["bulletin docx"] = paper(supervisor.get(f"/v1/bulletins/{WEEK}", form="docx").content)
    for level in ("aggregates", "risk_points", "evidence"):
        for form in ("api", "export"):
            content = shared(county, level, form)
            told = sheets(content) if form == "export" else _plain(json.loads(content))
            found[f"share {level} {form}"] = OF_ITS_OWN.sub("—", told)
    return found


def shared(county: CountyOffice, level: str, form: str) -> bytes:
    """What a unit is given under a new contract; each has a unit of its own, so that none holds anything before."""
    grantee = county.caller("expert" if level == "evidence" else "platform")
    terms = {
        "project_id": "quarry-road", "grantee": grantee.name, "grantee_role": grantee.role,
        "grantee_unit": f"bureau-{len(county.store.shares())}", "level": level, "form": form,
        "share_purpose": PURPOSES[grantee.role], "valid_until": (NOW + timedelta(days=9)).isoformat(),
        "basis": "数据共享协议第7号",
    }  # fmt: skip
    contract = county.caller("supervisor").post("/v1/shares", terms)
    assert contract.status_code == 201, contract.text
    answer = grantee.get(f"/v1/shares/{contract.json()['id']}/data", form=form, level=level)
    assert answer.status_code == 200, answer.text
    return bytes(answer.content)


def accept(county: CountyOffice, factor: str = COMPENSATION) -> None:
    """A person accepts a risk point, so that tables and contracts may hold it."""
    body = {"who": "评估员甲", "action": "accept", "reason": "实地核实"}
    answer = county.caller("assessor").post(f"/v1/risk-points/{county.point(factor)}/decisions", body)
    assert answer.status_code == 201, answer.text


def sheets(content: bytes) -> str:
    """Every cell of a workbook."""
    book = load_workbook(io.BytesIO(content))
    return "\n".join(
        str(cell.value) for one in book for line in one.iter_rows() for cell in line if cell.value is not None
    )


def paper(content: bytes) -> str:
    """Every word of a document."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        texts = [archive.read(name).decode() for name in sorted(archive.namelist()) if name.startswith("word/")]
    return "".join(re.sub(r"<[^>]+>", " ", text) for text in texts)


def page(content: str) -> str:
    """Every word of a page."""
    return unescape(re.sub(r"<style>.*?</style>|<[^>]+>", " ", content, flags=re.DOTALL))


def _told(answer: Any) -> str:
    return f"{answer.status_code} {_plain(answer.json())}" if answer.status_code == 200 else str(answer.status_code)


def _plain(value: Any) -> str:
    return json.dumps(_timeless(value), ensure_ascii=False, sort_keys=True)


def _timeless(value: Any) -> Any:
    """Without tombstones too: how the feed says that something is gone, by its id alone."""
    if isinstance(value, dict):
        return {name: _timeless(one) for name, one in value.items() if name not in LATER}
    if isinstance(value, list):
        return [_timeless(one) for one in value if not (isinstance(one, dict) and one.get("kind") == "tombstone")]
    return value
