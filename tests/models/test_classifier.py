"""What the classifier promises to everyone who reads a Doc, whatever model is behind it."""

from __future__ import annotations

import shutil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models import nlp
from models.classifier import chosen_factors
from models.linear import artifact
from models.linear.component import LinearClassifier
from models.linear.ngrams import hashes, points, windows
from models.linear.scorer import LinearModel
from models.taxonomy import taxonomy
from models.transformer.card import read_card
from models.transformer.chosen import HOME

WATER = (
    "青石坳小区停水三天没人管\n我们是青石坳小区的住户，小区已经停水三天，多次打电话给水厂都没有答复，请尽快恢复供水。"
)
PRAISE = "感谢柳湾村卫生室\n昨天去柳湾村卫生室打针，医生耐心细致，特来表扬，祝大家工作顺利。"
texts = st.text(alphabet="停水三天没人管，。村民补偿！a1\n ", max_size=120)


@pytest.fixture(scope="module")
def water():
    return nlp.read_one(WATER)


def test_probabilities_lie_between_none_and_certain(water):
    assert water.cats
    assert all(0 <= p <= 1 for p in water.cats.values())


@pytest.mark.parametrize("head", ["genre", "attitude", "intensity", "stakeholder", "escalation", "primary"])
def test_labels_that_exclude_each_other_share_one_certainty(water, head):
    assert sum(p for name, p in water.cats.items() if name.startswith(f"{head}:")) == pytest.approx(1, abs=1e-3)


def test_every_factor_of_the_taxonomy_has_a_probability(water):
    assert {name[7:] for name in water.cats if name.startswith("factor:")} >= set(taxonomy().factors)


def test_a_water_cut_is_a_grievance_about_water(water):
    best = chosen_factors(water.cats, water._.thresholds.factor)[0]
    assert (best.code, best.primary) == ("water_supply", True)
    assert water.cats["grievance"] > water._.thresholds.grievance
    assert water.cats["attitude:negative"] > 0.5


def test_praise_is_no_grievance():
    doc = nlp.read_one(PRAISE)
    assert doc.cats["grievance"] < doc._.thresholds.grievance
    assert doc.cats["genre:praise"] > doc.cats["genre:complaint"]


def test_the_passage_for_a_factor_names_its_matter(water):
    start, end = LinearClassifier.shipped().evidence(water, "water_supply")
    assert "停水" in WATER[start:end]
    assert water._.factor_evidence["water_supply"] == (start, end)


def test_an_unknown_factor_has_no_passage(water):
    with pytest.raises(KeyError):
        LinearClassifier.shipped().evidence(water, "moonlight")


@settings(deadline=None, max_examples=40)
@given(texts)
def test_any_text_is_read_and_every_passage_lies_in_it(text):
    doc = nlp.read_one(f"标题\n{text}")
    assert doc._.factor_evidence
    assert all(0 <= start < end <= len(doc.text) for start, end in doc._.factor_evidence.values())


def test_the_same_text_gets_the_same_numbers_twice():
    assert nlp.read_one(WATER).cats == nlp.read_one(WATER).cats


def test_width_and_script_of_letters_change_nothing():
    plain = nlp.read_one("A3区停水\n小区停水123天")
    wide = nlp.read_one("Ａ３区停水\n小區停水１２３天")
    assert wide.cats["factor:water_supply"] == pytest.approx(plain.cats["factor:water_supply"], abs=1e-6)


def test_a_factor_of_process_gives_way_to_the_matter_itself():
    cats = {
        "factor:administrative_inaction": 0.9,
        "factor:water_supply": 0.6,
        "primary:administrative_inaction": 0.8,
        "primary:water_supply": 0.1,
    }
    chosen = chosen_factors(cats, 0.3)
    assert [(factor.code, factor.primary) for factor in chosen] == [
        ("water_supply", True),
        ("administrative_inaction", False),
    ]


def test_a_factor_of_process_stands_where_nothing_else_passes():
    cats = {
        "factor:administrative_inaction": 0.9,
        "factor:water_supply": 0.1,
        "primary:administrative_inaction": 0.8,
        "primary:water_supply": 0.1,
    }
    assert [factor.code for factor in chosen_factors(cats, 0.3)] == ["administrative_inaction"]


def test_posts_get_the_genres_of_posts():
    doc = nlp.read_one("\n#青石坳#我们小区停水三天了，水厂推来推去 @青石坳发布", source_kind="weibo")
    genres = {name for name in doc.cats if name.startswith("genre:")}
    assert genres == {"genre:post", "genre:news", "genre:notice", "genre:ad", "genre:other"}


def test_an_altered_model_is_refused(tmp_path):
    folder = tmp_path / "linear"
    shutil.copytree(artifact.HOME, folder)
    weights = bytearray((folder / "weights.npz").read_bytes())
    weights[len(weights) // 2] ^= 1
    (folder / "weights.npz").write_bytes(weights)
    with pytest.raises(artifact.ArtifactError, match=r"E210.*weights\.npz"):
        LinearModel.read(folder)


def test_a_missing_model_says_how_to_get_it(tmp_path):
    with pytest.raises(artifact.ArtifactError, match=r"E210.*models\.training\.linear"):
        LinearModel.read(tmp_path)


def test_the_model_stays_within_its_size():
    assert sum(path.stat().st_size for path in artifact.HOME.iterdir()) < 15_000_000


def test_the_analysis_names_the_model_that_made_it(water):
    assert LinearClassifier.shipped().version == nlp.MODEL_VERSION
    assert water._.classifier_version == f"{read_card(HOME).version}/{nlp.MODEL_VERSION}"


def test_only_models_that_exist_can_be_configured():
    from models.segment import blank

    with pytest.raises(ValueError, match="crystal_ball"):
        blank().add_pipe("classifier", config={"model": "crystal_ball"})


@settings(deadline=None, max_examples=40)
@given(texts)
def test_a_clause_scores_the_same_wherever_it_stands(text):
    model = LinearClassifier.shipped().model
    whole = model.raw(text)
    for (start, end), scores in zip(whole.spans[:3], whole.clauses[:3], strict=False):
        alone = model._clause.of_windows(hashes(points(text[start:end])), [(0, end - start)])[0]
        assert scores == pytest.approx(alone, abs=2e-3)


@settings(deadline=None, max_examples=40)
@given(texts)
def test_clauses_come_in_order_and_cover_every_word(text):
    spans = windows(text)
    assert all(start < end for start, end in spans)
    covered = {at for start, end in spans for at in range(start, end)}
    assert all(at in covered or text[at] in "，。！ \n" for at in range(len(text)))
