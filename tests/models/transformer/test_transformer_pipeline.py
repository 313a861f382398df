"""The pipeline with a transformer in it: whose passages count, which form a text has, and what a reader is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from letters import VERSIONS, petition
from tiny_transformer import write_model

from api.cli.main import cli
from models import nlp
from models.classifier import chosen_factors
from models.limits import LIMITS, MODEL_MISSING
from models.transformer import chosen
from models.transformer.chosen import Choice
from pipeline.analyse import analyse
from pipeline.annotate import Linking, annotate
from pipeline.findings import entities
from pipeline.reader import Reader

WATER = "小区停水三天没人管\n我们是石桥村小区的住户，小区停水三天没人管，请尽快恢复供水。"
DATED = "停水\n我们小区从3月1日起停水，几百户居民没水用，多次打水厂电话都没人管，请尽快恢复供水。"
NEWS = "记者报道，三天没人管，李明阳说的是谢好大中。"
NAMES = {"place": "石桥村", "person": "李明阳", "demand": "恢复供水", "facility": "水厂", "since": "三天"}
ODDS = {
    "grievance:grievance": {"停": 60.0, "没": 60.0, "谢": -20.0},
    "form:petition": {"请": 90.0},
    "form:news": {"报": 200.0},
    "form:post": {"好": 60.0},
    "factors:water_supply": {"停": 40.0},
    "primary:water_supply": {"停": 40.0},
    "about_grievance:about_grievance": {"没": 90.0},
    "evidence:water_supply": {"停": 14.0, "水": 14.0},
}
THRESHOLDS = {"grievance": 0.5, "factors": 0.6, "repeated_unresolved": 0.9, "about_grievance": 0.5}


def model_in(folder: Path, **changed) -> Path:
    said = {"names": NAMES, "odds": ODDS, "thresholds": THRESHOLDS, **changed}
    return write_model(folder, **said)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return model_in(tmp_path_factory.mktemp("model") / "tiny", spans={"place": "union", "demand": "transformer"})


@pytest.fixture
def reading_with(monkeypatch: pytest.MonkeyPatch):
    """Chooses the model folder for the rest of the test."""
    return lambda folder: monkeypatch.setattr(chosen, "_choice", Choice(folder))


@pytest.fixture
def tiny(folder: Path, reading_with) -> Path:
    reading_with(folder)
    return folder


@pytest.mark.usefixtures("tiny")
def test_a_petition_gets_the_categories_that_every_reader_expects() -> None:
    doc = nlp.read_one(WATER)
    for head in ("genre", "attitude", "intensity", "stakeholder", "escalation", "primary", "form"):
        assert sum(p for name, p in doc.cats.items() if name.startswith(f"{head}:")) == pytest.approx(1, abs=1e-3)
    assert doc._.form == "petition"
    assert doc.cats["grievance"] > doc._.thresholds.grievance == 0.5
    assert [factor.code for factor in chosen_factors(doc.cats, doc._.thresholds.factor)] == ["water_supply"]
    start, end = doc._.factor_evidence["water_supply"]
    assert "停水" in WATER[start:end]
    assert doc._.limits == ()
    assert doc._.classifier_version.startswith("tiny+") and doc._.classifier_version.endswith(nlp.MODEL_VERSION)


@pytest.mark.usefixtures("tiny")
def test_the_card_says_whose_passages_stand_and_each_says_whose_it_is() -> None:
    doc = nlp.read_one(WATER)
    (asked,) = doc.spans["demands"]
    assert (asked.text, asked._.source) == ("恢复供水", "transformer")
    assert asked._.p > 0.9
    dated = nlp.read_one(DATED)
    (since,) = dated.spans["since"]
    assert since._.source is None  # the card leaves it to the rules
    found = {span.text: span for span in doc.spans["places"]}
    assert found["石桥村"]._.source == "transformer"
    assert found["石桥村"].label_ == "village"
    news = nlp.read_one(NEWS)
    assert [span.text for span in news.spans["persons"]] == ["李明阳"]


def test_a_rule_may_fill_in_where_the_model_finds_nothing(tmp_path: Path, reading_with) -> None:
    reading_with(model_in(tmp_path / "union", names={}, spans={"since": "union", "demand": "transformer"}))
    doc = nlp.read_one(DATED)
    (since,) = doc.spans["since"]
    assert since._.source == "rules"
    assert since._.since is not None
    assert list(doc.spans["demands"]) == []


@pytest.mark.usefixtures("tiny")
def test_persons_are_nobodys_finding() -> None:
    doc = nlp.read_one("李明阳说的\n请石桥村李明阳管水")
    assert len(doc.spans["persons"]) == 2
    assert {found.type for found in entities(doc)} <= {"place", "organisation", "facility"}


@pytest.mark.usefixtures("tiny")
def test_news_may_be_about_a_grievance_and_is_one_only_where_it_quotes_one() -> None:
    told, quoted, stated = annotate(
        [
            {"uid": "1", "text": NEWS.replace("谢", "没")},
            {"uid": "2", "text": NEWS.replace("谢", "没").replace("三天没人管", "“我们小区三天没人管”")},
            {"uid": "3", "text": "没人管我们小区", "source_kind": "news"},
        ],
        Linking.to([]),
    )
    assert (told["genre"], told["is_grievance"]) == ("news", False)
    assert told["factors"]
    assert (quoted["genre"], quoted["is_grievance"]) == ("news", True)
    assert stated["is_grievance"] is False


@pytest.mark.usefixtures("tiny")
def test_the_source_decides_where_it_is_known() -> None:
    text = "\n停水三天没人管，请管管"
    assert nlp.read_one(text)._.form == "petition"
    post = nlp.read_one(text, source_kind="weibo")
    assert post._.form != "petition"
    assert {name for name in post.cats if name.startswith("genre:")} == {
        "genre:post",
        "genre:news",
        "genre:notice",
        "genre:ad",
        "genre:other",
    }
    assert nlp.read_one("记者报道", source_kind="hotline")._.form == "petition"


def test_the_linear_model_is_fused_as_the_card_says(tmp_path: Path, reading_with) -> None:
    blend = {"grievance": {"transformer": 0.0, "linear": 1.0}, "attitude": {"transformer": 0.0, "linear": 1.0}}
    reading_with(tmp_path / "nowhere")
    alone = nlp.read_one(WATER).cats
    reading_with(model_in(tmp_path / "linear", fusion=blend))
    fused = nlp.read_one(WATER).cats
    for name in ("grievance", "attitude:negative", "attitude:neutral"):
        assert fused[name] == pytest.approx(alone[name], abs=1e-3)
    reading_with(model_in(tmp_path / "biased", fusion={"grievance": {"bias": -90.0}}))
    assert nlp.read_one(WATER).cats["grievance"] < 0.01


@pytest.mark.usefixtures("tiny")
def test_company_and_order_change_nothing() -> None:
    texts = [WATER, NEWS, "\n", "谢谢\n好好好", WATER * 3]
    together = [doc.cats for doc in nlp.read(nlp.TextInContext(text) for text in texts)]
    assert together == [nlp.read_one(text).cats for text in texts]
    backwards = [doc.cats for doc in nlp.read(nlp.TextInContext(text) for text in reversed(texts))]
    assert backwards[::-1] == together


def test_without_the_folder_every_result_says_so(tmp_path: Path, reading_with) -> None:
    reading_with(tmp_path / "nowhere")
    document = petition(1, WATER)
    analysis = analyse(document, nlp.read_one(document.text), (), VERSIONS)
    assert analysis.limits == (MODEL_MISSING,)
    given = json.dumps({"uid": "1", "title": "停水", "text": "停水三天没人管"}, ensure_ascii=False)
    (line,) = CliRunner().invoke(cli, ["annotate"], input=given).stdout.splitlines()
    assert json.loads(line)["warnings"] == [f"{MODEL_MISSING}: {LIMITS[MODEL_MISSING]}"]


@pytest.mark.usefixtures("tiny")
def test_with_the_folder_no_result_warns() -> None:
    (row,) = annotate([{"uid": "1", "text": WATER}], Linking.to([]))
    assert "warnings" not in row


def test_an_altered_folder_stops_the_reading_with_the_name_of_the_file(tmp_path: Path, reading_with) -> None:
    broken = model_in(tmp_path / "broken")
    (broken / "model.onnx").write_bytes(b"")
    reading_with(broken)
    given = json.dumps({"uid": "1", "text": "停水"}, ensure_ascii=False)
    result = CliRunner().invoke(cli, ["annotate"], input=given)
    assert result.exit_code == 1
    assert "model.onnx does not match SHA256SUMS" in result.stdout


def test_the_variable_names_the_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chosen, "_choice", None)
    monkeypatch.setenv("MINYI_MODEL_DIR", str(folder))
    assert chosen.chosen() == Choice(folder)
    monkeypatch.setenv("MINYI_DEVICE", "abacus")
    with pytest.raises(ValueError, match="MINYI_DEVICE: 'abacus'"):
        chosen.chosen()


@pytest.mark.usefixtures("tiny")
def test_one_unreadable_document_does_not_stop_the_others() -> None:
    good, other = petition(1, WATER), petition(2, NEWS)
    bad = good.model_copy(update={"body": good.body + "\ud800"})
    first, failed, last = Reader([], 0.5).read([good, bad, other])
    assert (first.document_id, last.document_id) == (good.id, other.id)
    assert failed.reason == "value_error"
