"""``minyi evaluate`` on small sets in the layouts of the public ones; all texts are invented."""

from __future__ import annotations

import gzip
import json
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest
from click.testing import CliRunner

from api.cli.evaluate import FORMER, TASKS
from api.cli.main import cli
from pipeline.evaluation import FORMER_NAMES
from pipeline.evaluation import TASKS as MEASURED
from pipeline.evaluation.layouts import REQUIRED

HEADS = "models.transformer.heads_of_task"
ROOT = Path(__file__).parents[2]
PETITION = {
    "uid": "p1", "title": "停水", "text": "停水三天，请恢复供水", "region": "南岭县青石坳镇", "genre": "complaint",
    "attitude": "negative", "intensity": 1, "is_grievance": True,
    "factors": [{"code": "water_supply", "primary": True, "quote": "停水三天"}], "demand": "请恢复供水", "facility": None,
    "affected": None, "since": "三天", "places": ["青石坳镇"], "organisations": [], "stakeholder": "unstated",
    "repeated_unresolved": False, "escalation": 0,
}  # fmt: skip
FINDING = PETITION | {
    "attitude": {"label": "negative", "p": 0.9},
    "p_grievance": 0.8,
    "factors": [{"code": "water_supply", "p": 0.7, "primary": True, "start": 3, "end": 7}],
    "since": {"start": 5, "end": 7, "text": "三天"},
}
POST = {
    "uid": "w1", "date": "2026-03-04", "text": "#青石坳停水#都三天了，没人管", "genre": "post", "is_grievance": True,
    "about_grievance": True, "attitude": "negative",
    "factors": [{"code": "water_supply", "primary": True, "quote": "停水"}], "demand": None, "facility": None,
    "places": [], "organisations": [], "escalation": 0, "irony": False, "dup_group": None,
}  # fmt: skip
OPINION = POST | {
    "attitude": {"label": "negative", "p": 0.9},
    "p_grievance": 0.8,
    "factors": [{"code": "water_supply", "p": 0.7, "primary": True, "start": 5, "end": 7}],
}
LINKED = {"uid": "l1", "title": "采石场占地", "text": "补偿没有发", "links": [{"project_id": "q", "label": "about"}]}
SETS = {
    "grievance": ([PETITION], [FINDING]),
    "weibo_grievance": ([POST], [OPINION]),
    "bias": ([PETITION], [FINDING]),
    "domain": (
        [
            {"uid": "d1", "id": "1", "title": "停水", "text": "停水三天", "label_level1": "城乡建设"},
            {"uid": "d2", "id": "1", "title": "补课", "text": "周末补课", "label_level1": "教育文体"},
        ],
        [{"uid": "d1", "label": "城乡建设", "p": 0.9}, {"uid": "d2", "label": "教育文体", "p": 0.6}],
    ),
    "emotion": (
        [{"id": 1, "text": "又停水，气死了", "label": "angry"}, {"id": 2, "text": "来水了！", "label": "happy"}],
        [{"id": 2, "label": "happy", "p": 0.9}, {"id": 1, "label": "angry", "p": 0.8}],
    ),
    "polarity": (
        [{"id": "a", "text": "路修好了，点赞", "label": 1}, {"id": "b", "text": "又堵了", "label": 0}],
        [{"id": "a", "label": 1, "p": 0.9}, {"id": "b", "label": "negative", "p": 0.7}],
    ),
    "stance": (
        [
            {"id": 1, "target": "采石场扩建", "text": "早该建了", "label": "FAVOR"},
            {"id": 2, "event": "采石场扩建", "text": "坚决不同意", "label": "STRONG_AGAINST"},
            {"id": 3, "target": "采石场扩建", "text": "几点开会？", "label": "NONE"},
        ],
        [{"id": 1, "label": "FAVOR"}, {"id": 2, "label": "AGAINST"}, {"id": 3, "label": "NONE"}],
    ),
    "ner": (
        [{"id": 1, "text": "石青云在青石坳", "entities": [{"start": 0, "end": 3, "type": "name", "text": "石青云"}]}],
        [{"id": 1, "entities": [{"start": 0, "end": 3, "type": "name"}]}],
    ),
    "linking": (
        [LINKED, {"uid": "l2", "title": "", "text": "停水了", "links": []}],
        [
            {"uid": "l1", "links": [{"project_id": "q", "relation": "about", "p": 0.9, "evidence": []}]},
            {"uid": "l2", "links": []},
        ],
    ),
    "redaction": (
        [{"uid": "r1", "text": "联系人：石青云", "redactions": [{"start": 4, "end": 7, "class": "name"}]}],
        [{"uid": "r1", "text": "联系人：【姓名】", "redactions": [{"start": 4, "end": 7, "class": "name"}]}],
    ),
    "extraction": (
        [
            {
                "id": "e1",
                "html_file": "html/1.html.gz",
                "gold_text": "青石坳镇恢复供水\n记者从水厂获悉。",
                "script": "hans",
            }
        ],
        [{"uid": "e1", "title": "青石坳镇恢复供水", "text": "记者从水厂获悉。"}],
    ),
    "similarity": (
        [
            {"id": "s1", "text1": "停水怎么办", "text2": "没水了怎么办", "label": 1},
            {"id": "s2", "text1": "停水怎么办", "text2": "公交几点开", "label": 0},
        ],
        [{"id": "s1", "score": 0.8}, {"id": "s2", "score": 0.1}],
    ),
}


def written(path: Path, rows) -> Path:
    content = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path


def run(*arguments):
    return CliRunner().invoke(cli, ["evaluate", *map(str, arguments)])


def measured(tmp_path, task, gold, said, *options):
    data, predictions = written(tmp_path / "gold.jsonl.gz", gold), written(tmp_path / "said.jsonl", said)
    result = run(task, "--data", data, "--predictions", predictions, "--json", *options)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.mark.parametrize("task", TASKS)
def test_right_predictions_are_perfect_in_every_task(task, tmp_path):
    found = measured(tmp_path, task, *SETS[task])
    main = [found["figures"][name] for name in MEASURED[task].main if name != "text alone F1"]
    assert main and all(figure["value"] == 1 and figure["low"] == figure["high"] == 1 for figure in main)
    accuracies = [name for name in found["figures"] if name.endswith(" accuracy")]
    assert all(name.removesuffix("accuracy") + "macro-F1" in found["figures"] for name in accuracies)
    assert all(not confused for confused in found["confusions"].values())


def test_the_names_that_the_command_offers_are_the_tasks_and_the_document_describes_them():
    text = (ROOT / "docs/EVALUATION.md").read_text("utf-8")
    sections = dict(re.findall(r"^### `(\w+)`\n(.*?)(?=^##|\Z)", text, re.M | re.S))
    assert tuple(MEASURED) == TASKS == tuple(sections)
    assert tuple(FORMER_NAMES) == FORMER
    for task, section in sections.items():
        assert all(f"`{name}`" in section for name in REQUIRED[task]), task
        assert all(f"`{name}`" in section for name in MEASURED[task].main), task
    assert all(f"`{name}`" in text for name in FORMER)


@pytest.mark.parametrize("former", FORMER)
def test_former_names_and_the_former_option_still_work(former, tmp_path):
    gold, said = SETS[FORMER_NAMES[former]]
    data, predictions = written(tmp_path / "gold.jsonl", gold), written(tmp_path / "said.jsonl", said)
    result = run(former, "--gold", data, "--predictions", predictions, "--json")
    assert json.loads(result.stdout)["task"] == former


def test_labels_calibration_and_confusions_say_where_it_goes_wrong(tmp_path):
    gold = [{"id": n, "text": "停水", "label": "angry" if n < 6 else "sad"} for n in range(10)]
    said = [{"id": n, "label": "angry", "p": 0.6} for n in range(10)]
    found = measured(tmp_path, "emotion", gold, said)
    assert found["figures"]["emotion accuracy"]["value"] == 0.6
    assert found["figures"]["emotion macro-F1"]["value"] == pytest.approx(0.375)
    assert found["figures"]["emotion accuracy"]["low"] < 0.6 < found["figures"]["emotion accuracy"]["high"]
    assert found["classes"]["emotion"][0] == {
        "label": "angry", "precision": 0.6, "recall": 1.0, "f1": 0.75, "support": 6, "said": 10,
    }  # fmt: skip
    assert found["calibration"]["emotion"]["ece"] == pytest.approx(0)
    assert found["confusions"]["emotion"] == [{"gold": "sad", "said": "angry", "count": 4}]


def test_the_agreement_of_annotators_stands_beside_the_figures_of_grievances(tmp_path):
    figures = measured(tmp_path, "grievance", *SETS["grievance"])["figures"]
    assert figures["primary factor accuracy"]["annotators"] == 0.938
    assert figures["intensity accuracy"]["annotators"] is None


def test_slices_show_the_main_figures_of_the_kinds_of_text(tmp_path):
    gold = [{"id": n, "target": f"目标{n % 2}", "text": "停水" * (1 + n), "label": "NONE"} for n in range(60)]
    said = [{"id": n, "label": "NONE" if n % 2 else "FAVOR"} for n in range(60)]
    found = measured(tmp_path, "stance", gold, said)["slices"]
    assert set(found) == {"short (< 80 characters)", "target: 目标0", "target: 目标1"}
    assert found["short (< 80 characters)"]["rows"] == 39
    assert found["target: 目标1"]["figures"]["stance accuracy"]["value"] == 1
    assert found["target: 目标0"]["figures"]["stance accuracy"]["value"] == 0


def test_copies_of_posts_count_once(tmp_path):
    gold = [POST | {"uid": str(n), "dup_group": "dup-1"} for n in range(3)]
    found = measured(tmp_path, "weibo_grievance", gold, [OPINION | {"uid": str(n)} for n in range(3)])
    assert (found["rows"], found["texts"]) == (3, 1)


def test_only_the_listed_rows_count_and_a_sample_is_the_same_every_time(tmp_path):
    gold = [{"id": n, "text": "停水", "label": "angry"} for n in range(40)]
    said = [{"id": n, "label": "angry" if n < 20 else "sad"} for n in range(40)]
    listed = tmp_path / "ids.txt"
    listed.write_text("3\n30\n\n", "utf-8")
    found = measured(tmp_path, "emotion", gold, said, "--only", listed)
    assert (found["rows"], found["figures"]["emotion accuracy"]["value"]) == (2, 0.5)
    first, second = (measured(tmp_path, "emotion", gold, said, "--sample", "15") for _ in range(2))
    assert first == second
    assert first["rows"] == 15
    listed.write_text("unheard-of\n", "utf-8")
    refused = run("emotion", "--data", tmp_path / "gold.jsonl.gz", "--only", listed)
    assert refused.exit_code == 1
    assert "'unheard-of'" in refused.stderr


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        ([{"id": 1, "label": "angry"}], "E222: no prediction for uid '2'"),
        ([{"id": 1, "label": "angry"}] * 2, "E222: two predictions for uid '1'"),
        ([{"id": 1, "label": "angry"}, {"id": 2, "error": "too long"}], "E222: the prediction for uid '2' is an error"),
        ([{"id": 1, "label": "angry"}, {"id": 2}], "E222: a prediction (or a labelled row) has no field 'label'"),
    ],
)
def test_predictions_that_do_not_fit_are_refused_by_name(said, complaint, tmp_path):
    data = written(tmp_path / "gold.jsonl", SETS["emotion"][0])
    result = run("emotion", "--data", data, "--predictions", written(tmp_path / "said.jsonl", said))
    assert result.exit_code == 1
    assert complaint in result.stderr


def test_a_row_that_is_not_in_the_layout_is_named(tmp_path):
    result = run("emotion", "--data", written(tmp_path / "gold.jsonl", [{"id": 4, "text": "停水"}]))
    assert result.exit_code == 1
    assert "E221: row '4' has no field 'label'" in result.stderr


class Heads:
    """A model that serves the five tasks and knows everything."""

    def domains(self, texts):
        return [("城乡建设" if "水" in text else "教育文体", 0.9) for text in texts]

    def emotions(self, texts):
        return [("angry" if "气" in text else "happy", 0.9) for text in texts]

    def polarities(self, texts):
        return [("positive" if "赞" in text else "negative", 0.9) for text in texts]

    def stances(self, pairs):
        assert all(target == "采石场扩建" for target, _ in pairs)
        sides = {"早": "FAVOR", "坚": "AGAINST", "几": "NONE"}
        return [(sides[text[0]], 0.9) for _, text in pairs]

    def entities(self, texts, scheme):
        assert scheme == "cluener"
        return [[(text.index("石青云"), text.index("石青云") + 3, "name")] for text in texts]


@pytest.mark.parametrize("task", ["domain", "emotion", "polarity", "stance", "ner"])
def test_without_predictions_the_model_that_ships_predicts(task, tmp_path, monkeypatch):
    module = ModuleType(HEADS)
    module.heads_of_task = lambda task: Heads()
    monkeypatch.setitem(sys.modules, HEADS, module)
    result = run(task, "--data", written(tmp_path / "gold.jsonl", SETS[task][0]), "--json")
    found = json.loads(result.stdout)
    assert found["figures"][MEASURED[task].main[0]]["value"] == 1
    assert set(found["source"]) == {"data", "sha256 of data", "minyi", "models"}


def test_without_a_model_for_the_task_the_command_says_what_is_missing(tmp_path, monkeypatch):
    monkeypatch.setenv("MINYI_MODEL_DIR", str(tmp_path / "nowhere"))
    result = run("emotion", "--data", written(tmp_path / "gold.jsonl", SETS["emotion"][0]))
    assert result.exit_code == 1
    assert "E212" in result.stderr and "nowhere" in result.stderr


def test_similarity_is_predicted_by_the_sentence_encoder(tmp_path):
    result = run("similarity", "--data", written(tmp_path / "gold.jsonl", SETS["similarity"][0]), "--json")
    assert json.loads(result.stdout)["figures"]["similarity ROC-AUC"]["value"] == 1


def test_a_page_is_extracted_and_a_marked_text_redacted(tmp_path):
    (tmp_path / "html").mkdir()
    body = "".join(f"<p>记者从青石坳镇水厂获悉，第{n}批管道已经更换完毕，居民用水恢复正常。</p>" for n in range(6))
    page = f"<html><head><title>青石坳镇恢复供水</title></head><body><h1>青石坳镇恢复供水</h1>{body}</body></html>"
    (tmp_path / "html/1.html.gz").write_bytes(gzip.compress(page.encode()))
    gold = "青石坳镇恢复供水\n" + re.sub("</?p>", "\n", body)
    rows = [{"id": "e1", "html_file": "html/1.html.gz", "gold_text": gold}]
    found = json.loads(run("extraction", "--data", written(tmp_path / "gold.jsonl", rows), "--json").stdout)
    assert found["figures"]["headline and text F1"]["value"] > 0.9
    marked = tmp_path / "marked.txt"
    marked.write_text("联系人：[name|石青云]，电话[phone|13900000000]，希望尽快处理。\n小区停水三天。\n", "utf-8")
    found = json.loads(run("redaction", "--data", marked, "--json").stdout)
    assert found["figures"]["name recall"]["value"] == found["figures"]["phone precision"]["value"] == 1


def test_the_report_holds_tables_pictures_and_figures_and_quotes_no_text(tmp_path):
    gold = [
        PETITION | {"uid": str(n), "region": None, "places": [], "text": PETITION["text"] + "。" * 6 * n}
        for n in range(30)
    ]
    said = [FINDING | {"uid": str(n), "genre": "complaint" if n % 3 else "inquiry", "places": []} for n in range(30)]
    data, predictions = written(tmp_path / "gold.jsonl", gold), written(tmp_path / "said.jsonl", said)
    folder = tmp_path / "a/report"
    folder.mkdir(parents=True)
    (folder / "classes-old.svg").write_text("of an earlier report", "utf-8")
    result = run("grievances", "--gold", data, "--predictions", predictions, "--report", folder)
    assert result.exit_code == 0, result.output
    assert "0.667" in result.stdout and "short (< 80 characters)" in result.stdout and "report.md" in result.stdout
    report = (folder / "report.md").read_text("utf-8")
    pictures = set(re.findall(r"!\[[^\]]*\]\(([^)]+)\)", report))
    assert pictures == {path.name for path in folder.glob("*.svg")} >= {"figures.svg", "calibration.svg", "slices.svg"}
    assert all((folder / name).read_text("utf-8").startswith("<svg") for name in pictures)
    assert json.loads((folder / "figures.json").read_text("utf-8"))["figures"]["genre accuracy"]["rows"] == 30
    assert "| genre accuracy | 0.667 |" in report
    assert not any("停水" in path.read_text("utf-8") for path in folder.iterdir())


def test_a_label_in_chinese_appears_in_a_picture_by_its_number(tmp_path):
    gold, said = SETS["domain"]
    data, predictions = written(tmp_path / "gold.jsonl", gold), written(tmp_path / "said.jsonl", said)
    run("domain", "--data", data, "--predictions", predictions, "--report", tmp_path / "report")
    assert "No. 1" in (tmp_path / "report/classes-domain.svg").read_text("utf-8")
    assert "| 1 | 城乡建设 |" in (tmp_path / "report/report.md").read_text("utf-8")
