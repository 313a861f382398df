"""The evidence bundle: the same bytes for the same candidate, nothing that a card would hide, no byte that may change."""

from __future__ import annotations

import io
import json
import zipfile
from functools import cache
from pathlib import Path

from click.testing import CliRunner
from county import ACCUSATION, ACCUSED, COMPENSATION, DUST, CountyOffice
from hypothesis import given, settings
from hypothesis import strategies as st

from api.bundle_desk import BundleDesk
from api.cli.main import cli
from api.policy import Reader
from pipeline.bundle import packed, signed_bundle, unpacked, verify_bundle
from pipeline.signing import SigningKey

PURPOSE = "risk_identification"


def bundle(county: CountyOffice, factor: str = COMPENSATION) -> bytes:
    return BundleDesk(county.office, Reader("county-assessor", "assessor")).bundle(county.point(factor), PURPOSE)


def inside(content: bytes) -> dict[str, dict]:
    return {name: json.loads(raw) for name, raw in unpacked(content).items() if name.endswith(".json")}


def test_it_holds_candidate_passages_hashes_versions_and_audit_head(county: CountyOffice):
    decide = {"who": "评估员甲", "action": "accept", "reason": "实地核实", "risk_point_id": county.point(COMPENSATION)}
    county.caller("platform").post("/v1/decisions", decide, headers={"Idempotency-Key": "1"})
    content = bundle(county)
    told = verify_bundle(content)
    assert told.ok and told.manifest["risk_point_id"] == county.point(COMPENSATION)
    assert set(told.manifest["versions"]) >= {"model", "taxonomy", "redactor", "code", "minyi"}
    anchor = next(e for e in county.events() if e.sequence == told.manifest["audit_head"]["sequence"])
    assert (anchor.hash, anchor.action) == (told.manifest["audit_head"]["hash"], "risk_points.decide")
    files = inside(content)
    assert files["candidate.json"]["state"] == "accepted" and files["candidate.json"]["factor"] == COMPENSATION
    assert [d["who"] for d in files["decisions.json"]["rows"]] == ["评估员甲"]
    documents = {document.id: document for document in county.store.all_documents()}
    passages = files["passages.json"]["rows"]
    assert len(passages) >= 6
    for passage in passages:
        word_for_word = passage["text"].removesuffix("……")
        assert word_for_word in documents[passage["document_id"]].text[passage["start"] : passage["end"]]


def test_the_same_candidate_gives_the_same_bytes_whoever_asks_and_whenever(county: CountyOffice):
    first = bundle(county)
    county.caller("assessor").get("/v1/projects/quarry-road/risk-points")
    assert bundle(county) == first
    over_http = county.caller("assessor").get(f"/v1/risk-points/{county.point(COMPENSATION)}/bundle")
    assert (over_http.content, over_http.headers["content-type"]) == (first, "application/zip")
    assert [event.action for event in county.events()].count("evidence.bundle") == 3


def test_below_k_voices_no_words_number_or_group_leaves(county: CountyOffice):
    content = bundle(county, DUST)
    files = inside(content)
    assert files["passages.json"]["rows"] == []
    card = files["candidate.json"]
    assert (card["quotes"], card["title"], card["places"], card["stakeholder_groups"]) == ([], None, [], [])
    assert card["counts"]["documents"] == {"less_than": 5}
    for document in county.store.documents_of("quarry-road"):
        assert str(document.body)[:12] not in content.decode("utf-8", "replace")
        assert document.id not in content.decode("utf-8", "replace")


def test_quotes_are_trimmed_and_no_source_can_be_followed(county: CountyOffice):
    text = bundle(county).decode("utf-8", "replace")
    assert "http" not in text and "url" not in text and "source_pointer" not in text
    for document in county.store.documents_of("quarry-road"):
        assert str(document.body) not in text


def test_a_sealed_candidate_and_a_reader_without_the_right_get_none(county: CountyOffice):
    sealed = county.caller("assessor").get(f"/v1/risk-points/{county.point(ACCUSATION)}/bundle")
    assert (sealed.status_code, sealed.json()["code"]) == (404, "E311") and ACCUSED not in sealed.text
    unconfirmed = {"commissioning_unit": 404}  # to whom it does not exist before people confirmed it
    for role in ("platform", "supervisor", "discipline_inspection", "commissioning_unit"):
        answer = county.caller(role).get(f"/v1/risk-points/{county.point(COMPENSATION)}/bundle")
        assert answer.status_code == unconfirmed.get(role, 403), role


def test_a_withdrawn_text_is_in_no_bundle_any_more(county: CountyOffice):
    before = inside(bundle(county))["passages.json"]["rows"]
    gone = before[0]["document_id"]
    county.store.withdraw_documents([gone])
    after = bundle(county)
    assert gone not in {row["document_id"] for row in inside(after)["passages.json"]["rows"]}
    assert verify_bundle(after).ok


@cache
def sample() -> tuple[bytes, str]:
    """A small bundle and its signer, without an office."""
    import hashlib
    import tempfile

    key = SigningKey(Path(tempfile.mkdtemp()))
    words = "进场道路的补偿标准比邻镇低……"
    passage = {"document_id": "d1", "start": 0, "end": 20, "text": words}
    card = {"quotes": [{**passage}], "counter_quotes": [], "residue_quotes": []}
    rows = [{**passage, "sha256": hashlib.sha256(words.encode()).hexdigest()}]
    files = {"candidate.json": json.dumps(card).encode(), "passages.json": json.dumps({"rows": rows}).encode()}
    content = signed_bundle(key, {"risk_point_id": "r1"}, files)
    signer = verify_bundle(content).signer
    assert signer is not None and verify_bundle(content, signer).ok
    return content, signer


@settings(max_examples=400, deadline=None)
@given(place=st.integers(0, len(sample()[0]) - 1), bit=st.integers(0, 7))
def test_any_flipped_bit_is_found(place: int, bit: int):
    changed = bytearray(sample()[0])
    changed[place] ^= 1 << bit
    assert not verify_bundle(bytes(changed)).ok


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_anything_cut_off_added_or_put_in_between_is_found(data: st.DataObject):
    content, _ = sample()
    place = data.draw(st.integers(0, len(content)))
    more = data.draw(st.binary(min_size=1, max_size=30))
    assert not verify_bundle(content[:place] + more + content[place:]).ok
    assert not verify_bundle(content[:place] if place < len(content) else content[1:]).ok


@settings(max_examples=100, deadline=None)
@given(content=st.binary(max_size=400))
def test_what_is_no_bundle_is_said_to_be_none_and_never_a_crash(content: bytes):
    assert not verify_bundle(content).ok


def test_a_changed_file_a_missing_one_and_an_additional_one_are_named():
    files = unpacked(sample()[0])
    for changed, says in (
        ({**files, "candidate.json": b"{}"}, "candidate.json is not the file"),
        ({**files, "note.txt": b"x"}, "note.txt is not the file"),
        ({name: raw for name, raw in files.items() if name != "passages.json"}, "passages.json is not the file"),
        ({name: raw for name, raw in files.items() if name != "signature"}, "lacks signature"),
    ):
        assert any(says in problem for problem in verify_bundle(packed(changed)).problems), says


def test_a_bundle_that_somebody_else_signed_anew_has_another_signer(tmp_path: Path):
    content, signer = sample()
    files = {name: raw for name, raw in unpacked(content).items() if name.endswith(".json") and name != "manifest.json"}
    forged = signed_bundle(SigningKey(tmp_path), {"risk_point_id": "r1"}, files)
    assert verify_bundle(forged).ok and not verify_bundle(forged, signer).ok
    assert any("E669" in problem for problem in verify_bundle(forged, signer).problems)


def test_a_compressed_archive_with_the_same_files_is_not_taken():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, raw in unpacked(sample()[0]).items():
            archive.writestr(name, raw)
    assert not verify_bundle(buffer.getvalue()).ok


def test_it_is_written_and_verified_at_the_command_line(county: CountyOffice, tmp_path: Path):
    home = CliRunner(env={"MINYI_HOME": str(county.office.settings.home)})
    out = tmp_path / "road.zip"
    asked = ["bundle", county.point(COMPENSATION), "--purpose", PURPOSE, "--out", str(out)]
    assert home.invoke(cli, asked).exit_code == 0
    assert home.invoke(cli, asked).exit_code == 1, "an existing file is not replaced"
    signer = home.invoke(cli, ["bundle", "--fingerprint"]).output.strip()
    elsewhere = CliRunner(env={"MINYI_HOME": str(tmp_path / "nowhere")})
    assert elsewhere.invoke(cli, ["verify", str(out), "--signer", signer]).exit_code == 0
    wrong = elsewhere.invoke(cli, ["verify", str(out), "--signer", "0" * 64])
    assert wrong.exit_code == 1 and "E669" in wrong.output
    content = bytearray(out.read_bytes())
    content[len(content) // 2] ^= 1
    out.write_bytes(bytes(content))
    tampered = elsewhere.invoke(cli, ["verify", str(out), "--json"])
    assert tampered.exit_code == 1 and json.loads(tampered.stdout)["ok"] is False
    assert not (tmp_path / "nowhere").exists()
