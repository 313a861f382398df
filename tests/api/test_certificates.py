"""Certificates of a search that found nothing: refused where they would mislead, signed, kept, and dated."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from county import ACCUSATION, COMPENSATION, DUST, CountyOffice
from hypothesis import given, settings
from hypothesis import strategies as st
from letters import MONDAY
from opinions import opinion

from api.certificate_desk import CertificateDesk, CertificateRefused, NotCertifiable
from api.cli.main import cli
from api.policy import Denied, Reader
from index.query import parse
from pipeline.bundle import packed, unpacked, verify_bundle
from pipeline.certificates import miss_of, probes_of, shipped_probes
from pipeline.certificates.planting import ProbesUnusable, probes_in
from pipeline.records import Certificate
from pipeline.signing import SigningKey
from pipeline.store import CrawlWindow, Hearing
from pipeline.vocabulary import codes

NOISE, LIGHT = "noise_vibration", "light_pollution"
PURPOSE = "risk_identification"
PATH = "/v1/projects/quarry-road/certificates"
AT_HOME = ("--purpose", PURPOSE)


def desk(county: CountyOffice, role: str = "assessor") -> CertificateDesk:
    return CertificateDesk(county.office, Reader(f"county-{role}", role))  # type: ignore[arg-type]


def issued(county: CountyOffice, *factors: str, **more: Any) -> Any:
    """A certificate without probes: nothing is read by the models."""
    return desk(county).issue("quarry-road", PURPOSE, factors or (LIGHT,), probes=(), **more)


def minyi(county: CountyOffice, *arguments: str) -> Result:
    return CliRunner(env={"MINYI_HOME": str(county.office.settings.home)}).invoke(cli, arguments)


def test_without_probes_the_miss_probability_is_unknown_and_never_nothing(county: CountyOffice) -> None:
    certificate = issued(county).certificate
    assert [(miss.factor, miss.upper) for miss in certificate.miss] == [(LIGHT, None)]
    assert "miss_unknown" in certificate.limits and "silence_is_not_consent" in certificate.limits
    raw = json.loads(unpacked(issued(county).archive)["certificate.json"])
    assert raw["miss"][0]["upper"] is None and raw["miss"][0]["planted"] is None


def test_it_names_sources_windows_question_versions_and_moment(county: CountyOffice) -> None:
    certificate = issued(county).certificate
    assert certificate.asked == (f"factor:{LIGHT}",)
    assert [(w.source, w.state) for w in certificate.windows] == [("青石坳信箱", "unknown")]
    assert certificate.texts_on_the_project == {"value": 9, "exact": True}
    assert certificate.versions.model and certificate.versions.taxonomy and certificate.program.startswith("minyi ")
    assert (certificate.issued_by, certificate.purpose) == ("county-assessor", PURPOSE)
    assert "imports_may_be_partial" in certificate.limits


def test_how_many_texts_there_are_is_hidden_where_few_people_wrote_them(county: CountyOffice) -> None:
    few = [document.id for document in county.store.documents_of("quarry-road")][3:]
    county.store.withdraw_documents(few)
    assert issued(county).certificate.texts_on_the_project == {"less_than": 5}


def test_it_is_refused_where_something_was_found_and_says_how_many_as_far_as_voices_allow(county: CountyOffice) -> None:
    county.hear(*(opinion(f"夜里{n}点还在放炮，窗子一直抖。", (NOISE, "放炮", 0.9), number=n) for n in range(9)))
    county.hear(
        *(opinion(f"第{n}组的水沟被堵，下雨就淹。", ("water_pollution", "水沟", 0.9), number=n) for n in range(9))
    )
    with pytest.raises(CertificateRefused, match=r"E650.*noise_vibration\): ≥5 texts"):
        issued(county, NOISE, LIGHT)
    with pytest.raises(CertificateRefused) as refused:
        issued(county, DUST)
    assert "2 texts" not in str(refused.value)
    assert county.store.certificates_on("quarry-road") == []
    assert "certificates.issue" in [event.action for event in county.events()], "a refusal is noted as well"


def test_a_query_is_asked_beside_the_factor(county: CountyOffice) -> None:
    with pytest.raises(CertificateRefused, match=r"E650.*the query"):
        issued(county, LIGHT, query=parse("粉尘", codes()))
    certificate = issued(county, LIGHT, query=parse("路灯 刺眼", codes())).certificate
    assert certificate.asked == (f"factor:{LIGHT}", "路灯 刺眼") and certificate.query == "路灯 刺眼"


def test_what_a_query_alone_may_miss_is_unknown(county: CountyOffice) -> None:
    certificate = desk(county).issue("quarry-road", PURPOSE, (), parse("路灯", codes())).certificate
    assert [(miss.factor, miss.upper) for miss in certificate.miss] == [(None, None)]


def test_nothing_is_certified_where_nothing_was_searched(county: CountyOffice) -> None:
    county.store.withdraw_documents([document.id for document in county.store.all_documents()])
    with pytest.raises(CertificateRefused, match="E651"):
        issued(county)
    county.store.note_source("board", title="信箱", kind="petition", every_minutes=60)
    window = CrawlWindow(id="board:1", source="board", since=MONDAY, until=MONDAY + timedelta(1), cut_short="outage")
    county.store.close_window(window, "1")
    with pytest.raises(CertificateRefused, match="E651"):
        issued(county)
    county.store.close_window(window.model_copy(update={"cut_short": "page_cap", "found": 50}), "2")
    certificate = issued(county).certificate
    assert "cut_short" in certificate.limits and certificate.windows[0].why == "page_cap"


@pytest.mark.parametrize(
    ("factors", "query", "code"),
    [((), None, "E652"), ((ACCUSATION,), None, "E652"), (("no_such_factor",), None, "E652"),
     ((LIGHT,), "13812345678", "E654")],
)  # fmt: skip
def test_what_cannot_be_certified(county: CountyOffice, factors: tuple[str, ...], query: str | None, code: str) -> None:
    with pytest.raises(NotCertifiable, match=code):
        desk(county).issue("quarry-road", PURPOSE, factors, query and parse(query, codes()), probes=())


def test_new_texts_age_a_certificate_and_a_find_shows(county: CountyOffice) -> None:
    first = issued(county).certificate
    [before] = desk(county).certificates("quarry-road", PURPOSE)
    assert before.stands and before.certificate == first
    county.hear(opinion("进场道路早日修通吧。", attitude=("positive", 0.9), number=77))
    [after] = desk(county).certificates("quarry-road", PURPOSE)
    assert not after.stands and after.changed == ("texts",)
    county.hear(opinion("工地的探照灯整夜照进卧室。", (LIGHT, "探照灯", 0.9), number=78))
    [found] = desk(county).certificates("quarry-road", PURPOSE)
    assert found.changed == ("texts", "found")
    assert found.certificate == first, "what was signed stays as it was"


def test_only_certificates_that_are_shown_are_searched_for_again(
    county: CountyOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = issued(county).certificate
    assert [one.certificate for one in desk(county).certificates("quarry-road", PURPOSE, limit=1)] == [made]
    assert desk(county).certificate("quarry-road", made.id, PURPOSE).certificate == made
    monkeypatch.setattr(CertificateDesk, "_finds", lambda *_: pytest.fail("searched for again"))
    assert desk(county).certificates("quarry-road", PURPOSE, offset=1, limit=20) == []


def test_the_archive_is_kept_byte_for_byte_and_verified_without_the_office(
    county: CountyOffice, tmp_path: Path
) -> None:
    made = issued(county)
    over_http = county.caller("assessor").get(f"{PATH}/{made.certificate.id}")
    assert (over_http.content, over_http.headers["content-type"]) == (made.archive, "application/zip")
    file = tmp_path / "none.zip"
    file.write_bytes(made.archive)
    signer = desk(county).fingerprint()
    told = CliRunner().invoke(cli, ["verify", str(file), "--signer", signer])
    assert told.exit_code == 0 and made.certificate.id in told.output
    other = CliRunner().invoke(cli, ["verify", str(file), "--signer", "0" * 64, "--json"])
    assert other.exit_code == 1 and "E669" in other.output


@cache
def sample() -> tuple[bytes, str]:
    """A certificate and its signer, made once."""
    import tempfile

    from county import what_people_say

    county = CountyOffice(Path(tempfile.mkdtemp()) / "home")
    county.hear(*what_people_say())
    made, signer = issued(county), desk(county).fingerprint()
    county.office.close()
    return made.archive, signer


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_changed_byte_is_noticed(data: st.DataObject) -> None:
    content, signer = sample()
    place = data.draw(st.integers(0, len(content) - 1))
    changed = bytearray(content)
    changed[place] ^= data.draw(st.integers(1, 255))
    assert verify_bundle(content, signer).ok and not verify_bundle(bytes(changed), signer).ok


def test_a_certificate_that_is_signed_and_says_what_none_may_say_is_none(tmp_path: Path) -> None:
    content, _ = sample()
    files = unpacked(content)
    lie = json.loads(files["certificate.json"])
    for changes in (
        {"miss": [{**lie["miss"][0], "upper": 0.0}]},
        {"windows": []},
        {"limits": []},
        {"id": "n" + "0" * 24},
    ):
        forged = _signed_again(tmp_path, {**lie, **changes}, files)
        told = verify_bundle(forged)
        assert not told.ok and all("E668" in problem for problem in told.problems), changes


def _signed_again(folder: Path, certificate: dict[str, Any], files: dict[str, bytes]) -> bytes:
    from pipeline.bundle import CERTIFICATE, signed_bundle

    facts = {name: json.loads(files["manifest.json"])[name] for name in ("certificate_id", "project_id", "as_of")}
    held = {"certificate.json": json.dumps(certificate).encode(), "readme.txt": files["readme.txt"]}
    return signed_bundle(SigningKey(folder), facts, held, CERTIFICATE)


def test_files_of_another_kind_are_no_certificate(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("certificate.json", "{}")
    assert not verify_bundle(buffer.getvalue()).ok
    assert not verify_bundle(packed({"certificate.json": b"{}"})).ok


def test_over_http_a_request_that_is_sent_again_makes_no_second_certificate(county: CountyOffice) -> None:
    assessor, body = county.caller("assessor"), {"factors": [LIGHT]}
    first = assessor.post(PATH, body, headers={"Idempotency-Key": "light-1"})
    again = assessor.post(PATH, body, headers={"Idempotency-Key": "light-1"})
    assert (first.status_code, again.status_code) == (201, 200) and first.json() == again.json()
    county.hear(opinion("工地的探照灯整夜照进卧室。", (LIGHT, "探照灯", 0.9), number=78))
    later = assessor.post(PATH, body, headers={"Idempotency-Key": "light-1"})
    assert (later.status_code, later.json()) == (200, first.json()), "the answer of then"
    assert assessor.post(PATH, body, headers={"Idempotency-Key": "light-2"}).json()["code"] == "E650"
    listed = assessor.get(PATH)
    assert [row["changed"] for row in listed.json()["rows"]] == [["texts", "found"]]
    assert assessor.get(PATH, headers={"If-None-Match": listed.headers["etag"]}).status_code == 304


def test_over_http_the_refusals_have_their_codes(county: CountyOffice) -> None:
    assessor = county.caller("assessor")
    for body, status, code in (
        ({"factors": [COMPENSATION]}, 409, "E650"), ({}, 422, "E652"), ({"factors": [ACCUSATION]}, 422, "E652"),
        ({"factors": [LIGHT], "q": "路灯 ("}, 400, "E601"), ({"factor": [LIGHT]}, 422, "E322"),
    ):  # fmt: skip
        answer = assessor.post(PATH, body)
        assert (answer.status_code, answer.json()["code"]) == (status, code), body
    assert assessor.get(f"{PATH}/n{'0' * 24}").json()["code"] == "E311"
    assert county.caller("commissioning_unit").post(PATH, {"factors": [LIGHT]}).status_code == 403
    with pytest.raises(Denied, match="E301"):
        desk(county).issue("quarry-road", None, (LIGHT,), probes=())


def test_at_the_command_line(county: CountyOffice, tmp_path: Path) -> None:
    none, out = tmp_path / "probes.jsonl", tmp_path / "none.zip"
    none.write_text("\n", "utf-8")
    asked = ("certificate", "quarry-road", "--factor", LIGHT, "--probes", str(none), *AT_HOME)
    made = minyi(county, *asked, "--out", str(out))
    assert made.exit_code == 0, made.output
    assert "未知" in made.output and "沉默不等于同意" in made.output and "signed by" in made.output
    assert verify_bundle(out.read_bytes()).ok
    assert minyi(county, *asked, "--out", str(out)).exit_code == 2, "never written over"
    found = minyi(county, "certificate", "quarry-road", "--factor", DUST, *AT_HOME)
    assert found.exit_code == 1 and "E650" in found.output
    listed = json.loads(minyi(county, "certificate", "--list", "--json", *AT_HOME).stdout)
    assert [row["stands"] for row in listed] == [True]
    assert "依据未变" in minyi(county, "certificate", "quarry-road", "--list", *AT_HOME).output
    assert minyi(county, "certificate", "quarry-road", *AT_HOME).exit_code == 2


def test_coverage_at_the_command_line(county: CountyOffice) -> None:
    shown = minyi(county, "coverage", "quarry-road", *AT_HOME)
    assert shown.exit_code == 0, shown.output
    for words in ("未检索", "青石坳信箱", "依法应听取而未听到", "沉默不等于同意"):
        assert words in shown.output.replace("\n", "")
    answer = county.caller("assessor").get("/v1/projects/quarry-road/coverage").json()
    assert json.loads(minyi(county, "coverage", "quarry-road", "--json", *AT_HOME).stdout) == answer


@given(st.integers(1, 300), st.data())
def test_the_interval_holds_the_share_and_never_ends_at_nothing(tried: int, data: st.DataObject) -> None:
    missed = data.draw(st.integers(0, tried))
    probes = probes_of(tried, missed)
    assert probes is not None and probes.low <= missed / tried <= probes.high and probes.high > 0
    assert missed or probes.high == pytest.approx(1 - 0.025 ** (1 / tried), abs=2e-4)
    assert miss_of(NOISE, None, probes).upper == probes.high


def test_no_probes_are_unknown() -> None:
    assert probes_of(0, 0) is None and miss_of(NOISE, None, None).upper is None
    with pytest.raises(ValueError, match="unknown without probes"):
        miss_of(NOISE, None, None).model_validate({"factor": NOISE, "upper": 0.01})


def test_shipped_probes_are_there_for_ten_factors_and_a_broken_file_is_named(tmp_path: Path) -> None:
    by_factor = [probe.factor for probe in shipped_probes()]
    assert {by_factor.count(code) for code in by_factor} == {12} and len(set(by_factor)) == 10
    broken = tmp_path / "mine.jsonl"
    broken.write_text(
        '{"factor": "noise_vibration", "text": "夜里一直响个不停"}\n{"factor": "x", "text": "夜里"}\n', "utf-8"
    )
    with pytest.raises(ProbesUnusable, match=r"E653: mine\.jsonl, line 2"):
        probes_in(broken)


def test_planted_probes_go_the_whole_way_and_leave_nothing_behind(county: CountyOffice) -> None:
    """The models read here: intake, redaction, analysis, link and index of a scratch office."""
    before = {document.id for document in county.store.all_documents()}
    folders = {path.name for path in county.office.settings.home.iterdir() if path.is_dir()}
    certificate: Certificate = desk(county).issue("quarry-road", PURPOSE, (NOISE,)).certificate
    [miss] = certificate.miss
    assert miss.planted is not None and miss.planted.tried == 12 and miss.planted.missed <= 6
    assert miss.held_out is None and miss.upper == miss.planted.high > 0
    assert "probes_are_invented" in certificate.limits
    assert {document.id for document in county.store.all_documents()} == before
    assert {path.name for path in county.office.settings.home.iterdir() if path.is_dir()} == folders | {"keys"}


def test_texts_that_people_confirmed_elsewhere_are_read_again(county: CountyOffice) -> None:
    assert desk(county).issue("dam", PURPOSE, (COMPENSATION,), probes=()).certificate.miss[0].held_out is None
    decided = {"who": "评估员甲", "action": "accept", "reason": "实地核实", "risk_point_id": county.point(COMPENSATION)}
    county.caller("platform").post("/v1/decisions", decided, headers={"Idempotency-Key": "1"})
    [miss] = desk(county).issue("dam", PURPOSE, (COMPENSATION,), probes=()).certificate.miss
    assert miss.held_out is not None and miss.held_out.tried == 6
    assert miss.planted is None and miss.upper == miss.held_out.high > 0


def accepted(county: CountyOffice) -> None:
    decided = {"who": "评估员甲", "action": "accept", "reason": "实地核实", "risk_point_id": county.point(COMPENSATION)}
    county.caller("platform").post("/v1/decisions", decided, headers={"Idempotency-Key": "1"})


def test_what_is_counted_on_all_projects_is_not_told_who_reads_one(county: CountyOffice) -> None:
    accepted(county)
    certificate = desk(county).issue("dam", PURPOSE, (COMPENSATION,), probes=()).certificate
    assert certificate.miss[0].held_out is not None
    bound = CertificateDesk(county.office, Reader("dam-assessor", "assessor", ("dam",)))
    [shown] = bound.certificates("dam", PURPOSE)
    assert shown.certificate.miss[0].held_out is None and shown.certificate.miss[0].upper is None
    assert "miss_unknown" in shown.certificate.limits
    with pytest.raises(Denied, match=r"E303.*in your own name"):
        bound.archive("dam", certificate.id, PURPOSE)
    mine = bound.issue("dam", PURPOSE, (COMPENSATION,), probes=())
    assert mine.certificate.miss[0].held_out is None
    assert bound.archive("dam", mine.certificate.id, PURPOSE) == mine.archive


def test_texts_of_few_people_are_not_counted_however_many_they_are(
    county: CountyOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    accepted(county)
    monkeypatch.setattr(Hearing, "voices", lambda *_: (1, 1))
    certificate = desk(county).issue("dam", PURPOSE, (COMPENSATION,), probes=()).certificate
    assert certificate.miss[0].held_out is None
