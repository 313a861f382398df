"""What the model adds to the rules, and what happens where it is damaged or missing. All names are invented."""

import json
import shutil
import sys
from pathlib import Path
from subprocess import run

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_transformer import write_model

from models.checksums import ArtifactError
from models.transformer.chosen import HOME, Choice
from models.transformer.errors import ModelError
from models.transformer.reader import Reader, load_reader
from pipeline.redact import CannotRedact, learned, redact, redact_document, redactor, redactor_version

SEEN_BY_THE_MODEL_ALONE = [
    ("村里把鱼塘包给了组上的覃漾湉，账目没有公开。", "覃漾湉"),
    ("菜地被隔壁的邬棹宁用挖机全部挖掉。", "邬棹宁"),
]


@pytest.fixture
def damaged(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The model that ships, damaged."""
    folder = tmp_path / "damaged"
    shutil.copytree(HOME, folder)
    with (folder / "model.onnx").open("r+b") as file:
        file.write(b"damaged")
    monkeypatch.setattr(learned, "SHIPPED", Choice(folder))
    return folder


@pytest.mark.parametrize(("text", "name"), SEEN_BY_THE_MODEL_ALONE)
def test_a_name_that_only_the_model_sees_is_taken_out(text: str, name: str, monkeypatch: pytest.MonkeyPatch):
    redaction = redact(text)
    assert redaction.text == text.replace(name, "〈人名〉")
    monkeypatch.setattr(redactor, "find_learned", lambda *_, **__: [])
    assert name in redact(text).text


@pytest.mark.parametrize(
    "text",
    [
        "韩家湾、谭家冲都要拆迁。",
        "向雷锋同志学习，做好志愿服务。",
        "张记老火锅的油烟直接排到楼道。",
        "灶具是方太等大牌子的。",
        "不要张冠李戴，把别人的事算到我们头上。",
    ],
)
def test_places_shops_public_figures_and_everyday_words_stay(text: str):
    assert "〈人名〉" not in redact(text).text


def test_officials_named_with_their_post_stay_in_official_texts_and_lose_their_name_in_others():
    text = "县水利局局长卢棹宁到现场调研。卢棹宁要求加快进度。"
    assert redact(text, official=True).text == text
    assert "卢棹宁" not in redact(text).text


def test_a_model_that_fails_on_a_text_sets_the_text_aside(monkeypatch: pytest.MonkeyPatch):
    def failing(*_: object) -> None:
        raise IndexError("覃漾湉")

    monkeypatch.setattr(Reader, "read", failing)
    with pytest.raises(CannotRedact) as refusal:
        redact(SEEN_BY_THE_MODEL_ALONE[0][0])
    assert refusal.value.reason == "failed"
    assert "覃漾湉" not in str(refusal.value)


@pytest.mark.usefixtures("damaged")
def test_with_a_damaged_model_nothing_is_redacted_and_so_nothing_is_stored():
    for attempt in (lambda: redact("停水三天了"), lambda: redact_document("停水", "三天了"), redactor_version):
        with pytest.raises(ArtifactError, match="E210"):
            attempt()


def test_the_command_gives_no_text_where_the_model_is_damaged(damaged: Path):
    (answer,) = answers({"uid": "1", "text": "联系人：张建国"}, shipped=damaged)
    assert "text" not in answer
    assert "E210" in answer["error"]


def test_where_the_model_is_missing_nothing_is_redacted_either(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(learned, "SHIPPED", Choice(tmp_path / "nowhere"))
    for attempt in (lambda: redact("停水三天了"), lambda: redact_document("停水", "三天了"), redactor_version):
        with pytest.raises(ModelError, match="E212"):
            attempt()


@pytest.mark.parametrize("other", ["nowhere", "tiny"])
def test_no_other_model_that_reads_takes_the_redactor_s_place(
    other: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    """P-30: a model whose heads see no names would leave them all in."""
    if other == "tiny":
        write_model(tmp_path / other)
    monkeypatch.setenv("MINYI_MODEL_DIR", str(tmp_path / other))
    version = redactor_version()
    for text, name in SEEN_BY_THE_MODEL_ALONE:
        assert redact(text).text == text.replace(name, "〈人名〉")
        assert name not in answers({"uid": "1", "text": text})[0]["text"]
    monkeypatch.delenv("MINYI_MODEL_DIR")
    assert redactor_version() == version


def test_the_version_names_the_model():
    assert redactor_version().endswith(load_reader().version)


@settings(deadline=None, max_examples=30)
@given(
    st.lists(
        st.sampled_from(
            [*(text for text, _ in SEEN_BY_THE_MODEL_ALONE), "〈人名〉", "\u200b", "📢", "Ａ", "石桥镇", "\n"]
        )
    ).map("".join)
)
def test_what_is_redacted_stays_as_it_is_and_offsets_are_of_the_input(text: str):
    redaction = redact(text)
    rebuilt, at = "", 0
    for span in redaction.redactions:
        rebuilt += text[at : span.start] + span.replacement
        at = span.end
    assert rebuilt + text[at:] == redaction.text
    assert redact(redaction.text).text == redaction.text


def answers(*rows: dict[str, str], shipped: Path = HOME) -> list[dict]:
    """What ``minyi redact`` answers to the rows where the model that ships lies there."""
    lines = "\n".join(json.dumps(row) for row in rows).encode()
    begin = (
        "import sys; from pathlib import Path; from models.transformer.chosen import Choice; "
        "from pipeline.redact import learned; learned.SHIPPED = Choice(Path(sys.argv.pop())); "
        "from api.cli.redact import command; command()"
    )
    done = run([sys.executable, "-c", begin, str(shipped)], input=lines, capture_output=True)
    return [json.loads(line) for line in done.stdout.decode().splitlines()]
