"""Minyi beside what somebody would pick instead, in one run: time, memory, risk factors, search.

    python -m benchmarks.against --data ../shared/data [--documents 100000] [--out report]

``script`` is jieba words, scikit-learn (TF-IDF and a linear SVM a factor) and SQLite FTS5. ``spacy`` is spaCy's own
Chinese pipeline: its jieba segmenter and its text classifier over bags of words and pairs. Both are trained on the
labels of ``grievances/train`` and ``train_active``, never on the texts that are asked about (``gold_dev``, a
development split). Thresholds of both come from a fifth of the training labels. Each contender runs in a process of its
own, one after the other; memory is the peak of that process. spaCy's trained Chinese pipelines (zh_core_web_*) are not
on PyPI; where one is installed, its time is measured too. Packages of HanLP and LTP on PyPI hold no weights (they fetch
them at first use), and their models know no risk factors: they are not compared. Minyi's analysis does more than the
others': demands, spans, places, stakeholders, escalation, attitude.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Final

import numpy as np

from benchmarks.plots import bars
from benchmarks.questions import COMMON, Times, strings, timed
from benchmarks.search import BATCH, documents, sentences, size_of
from benchmarks.sheet import Sheet, Table
from benchmarks.usage import Peak
from index import EmbeddedIndex, Search
from index.query import Text
from index.rebuild import rebuild
from models.evaluate import micro_f1

CONTENDERS: Final = ("minyi", "script", "spacy")
TRAINED: Final = ("zh_core_web_sm", "zh_core_web_md", "zh_core_web_lg", "zh_core_web_trf")
Row = dict[str, Any]
Said = list[set[str]]


def rows_of(path: Path) -> list[Row]:
    """The rows of one set."""
    with gzip.open(path, "rt", encoding="utf-8") as stored:
        return [json.loads(line) for line in stored]


def text_of(row: Row) -> str:
    """Title and body."""
    return f"{row.get('title') or ''}\n{row['text']}"


def codes_of(row: Row) -> set[str]:
    """The factors that annotators saw."""
    return {factor["code"] for factor in row["factors"]}


class Trial:
    """What one contender is given, and what it measures."""

    def __init__(self, data: Path, documents: int, train: int) -> None:
        folder = data / "grievances"
        self.train = [row for name in ("train", "train_active") for row in rows_of(folder / f"{name}.jsonl.gz")]
        random.Random(7).shuffle(self.train)
        self.train = self.train[:train] if train else self.train
        self.asked = rows_of(folder / "gold_dev.jsonl.gz")
        self.gold = [codes_of(row) for row in self.asked]
        self.documents = documents
        self.sentences = sorted((data / "petitions").glob("*.jsonl.gz"))
        self.found: dict[str, Any] = {}

    def read(self, prepare: Callable[[], Callable[[Sequence[Row]], Said]]) -> None:
        """Loads or trains, then tells the factors of every text one batch at a time."""
        begun = time.perf_counter()
        read = prepare()
        self.found["ready, s"] = time.perf_counter() - begun
        read(self.asked[:5])
        begun, used = time.perf_counter(), time.process_time()
        said = read(self.asked)
        self.found["read, ms a text"] = (time.perf_counter() - begun) * 1e3 / len(self.asked)
        self.found["read, processor ms a text"] = (time.process_time() - used) * 1e3 / len(self.asked)
        if any(said):
            self.found["factor micro-F1"] = micro_f1(self.gold, said)

    def search(self, folder: Path, build: Callable[[Path, list[str], int], Callable[[str], object]]) -> None:
        """Builds an index and asks it words and strings of four characters."""
        pool = sentences(self.sentences)
        begun = time.perf_counter()
        ask = build(folder, pool, self.documents)
        self.found["index, documents/s"] = self.documents / (time.perf_counter() - begun)
        self.found["index, bytes a document"] = size_of(folder) / self.documents
        for title, words in (("common word", COMMON), ("four characters", strings(pool, 4, 30, 2))):
            times: Times = timed(ask, words)
            self.found[f"search, {title}, ms"] = times.median
            self.found[f"search, {title}, p95 ms"] = times.p95


def minyi(trial: Trial, folder: Path) -> None:
    """The default models and the embedded index."""

    def prepare() -> Callable[[Sequence[Row]], Said]:
        from pipeline.annotate import Linking, annotate

        linking = Linking.to([])
        names = ("uid", "title", "text", "time", "region")

        def read(rows: Sequence[Row]) -> Said:
            given = [{name: row[name] for name in names if row.get(name)} | {"text": row["text"]} for row in rows]
            return [codes_of(one) for one in annotate(given, linking)]

        read(trial.asked[:1])
        return read

    def build(place: Path, pool: list[str], count: int) -> Callable[[str], object]:
        rebuild(place, lambda after: documents(pool, count) if after == 0 else ())
        index = EmbeddedIndex(place)
        return lambda word: index.search(Search(query=Text(word)))

    trial.read(prepare)
    trial.search(folder, build)


def script(trial: Trial, folder: Path) -> None:
    """jieba, scikit-learn and FTS5, as an afternoon's script has them."""
    import jieba

    def words(text: str) -> list[str]:
        return [word for word in jieba.lcut(text) if not word.isspace()]

    def prepare() -> Callable[[Sequence[Row]], Said]:
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.multiclass import OneVsRestClassifier
        from sklearn.preprocessing import MultiLabelBinarizer
        from sklearn.svm import LinearSVC

        texts, labels = [text_of(row) for row in trial.train], [codes_of(row) for row in trial.train]
        vectors = TfidfVectorizer(tokenizer=words, token_pattern=None, ngram_range=(1, 2), min_df=2, sublinear_tf=True)
        known = MultiLabelBinarizer().fit(labels)
        held = len(texts) // 5
        tried = OneVsRestClassifier(LinearSVC()).fit(
            vectors.fit_transform(texts[held:]), known.transform(labels[held:])
        )
        scores = tried.decision_function(vectors.transform(texts[:held]))
        least = best_threshold(scores, known.transform(labels[:held]), np.arange(-0.8, 0.3, 0.05))
        model = OneVsRestClassifier(LinearSVC()).fit(vectors.fit_transform(texts), known.transform(labels))

        def read(rows: Sequence[Row]) -> Said:
            scores = model.decision_function(vectors.transform([text_of(row) for row in rows]))
            return [set(known.classes_[line > least]) for line in scores]

        return read

    def build(place: Path, pool: list[str], count: int) -> Callable[[str], object]:
        place.mkdir(parents=True)
        base = sqlite3.connect(place / "fts.sqlite3")
        base.execute("CREATE VIRTUAL TABLE fts USING fts5(words, stored UNINDEXED)")
        source = documents(pool, count)
        while batch := list(islice(source, BATCH)):
            with base:
                base.executemany(
                    "INSERT INTO fts VALUES (?, ?)", ((" ".join(words(one.text)), one.text) for one in batch)
                )
        asked = "SELECT stored FROM fts WHERE fts MATCH ? ORDER BY rank LIMIT 20"

        def ask(word: str) -> object:
            match = '"' + " ".join(words(word)) + '"'
            total = base.execute("SELECT count(*) FROM fts WHERE fts MATCH ?", (match,)).fetchone()
            return total, base.execute(asked, (match,)).fetchall()

        return ask

    jieba.setLogLevel(60)
    trial.read(prepare)
    trial.search(folder, build)


def spacy(trial: Trial, folder: Path) -> None:
    """spaCy's Chinese segmenter with its text classifier; its trained pipelines where they are installed."""
    import spacy as library
    from spacy.training import Example
    from thinc.api import fix_random_seed

    labels = sorted({code for row in trial.train for code in codes_of(row)})

    def prepare() -> Callable[[Sequence[Row]], Said]:
        fix_random_seed(7)
        language = library.blank("zh", config={"nlp": {"tokenizer": {"segmenter": "jieba"}}})
        bag = {"@architectures": "spacy.TextCatBOW.v3", "exclusive_classes": False, "ngram_size": 2}
        category = language.add_pipe("textcat_multilabel", config={"model": {**bag, "no_output_layer": False}})
        examples = []
        for row in trial.train:
            codes = codes_of(row)
            wanted = {"cats": {label: float(label in codes) for label in labels}}
            examples.append(Example.from_dict(language.make_doc(text_of(row)), wanted))
        for label in labels:
            category.add_label(label)  # type: ignore[attr-defined]
        held = len(examples) // 5
        optimizer = language.initialize(lambda: examples[held:])
        for turn in range(10):
            random.Random(turn).shuffle(rest := examples[held:])
            losses: dict[str, float] = {}
            for start in range(0, len(rest), 64):
                language.update(rest[start : start + 64], sgd=optimizer, drop=0.2, losses=losses)
            print(f"  spacy, round {turn + 1} of 10, loss {sum(losses.values()):.2f}", file=sys.stderr, flush=True)

        def cats(texts: Iterator[str]) -> Any:
            return np.array([[doc.cats[label] for label in labels] for doc in language.pipe(texts)])

        truth = np.array([[label in codes_of(row) for label in labels] for row in trial.train[:held]])
        least = best_threshold(cats(text_of(row) for row in trial.train[:held]), truth, np.arange(0.05, 0.7, 0.05))

        def read(rows: Sequence[Row]) -> Said:
            return [{labels[at] for at in np.flatnonzero(line > least)} for line in cats(text_of(row) for row in rows)]

        return read

    trial.read(prepare)
    for name in (one for one in TRAINED if library.util.is_package(one)):
        language = library.load(name)
        begun = time.perf_counter()
        list(language.pipe(text_of(row) for row in trial.asked))
        trial.found[f"{name}, ms a text"] = (time.perf_counter() - begun) * 1e3 / len(trial.asked)


def best_threshold(scores: Any, truth: Any, tried: Any) -> float:
    """The threshold with the best micro-F1."""

    def quality(least: float) -> float:
        said = scores > least
        return float(2 * (said & (truth > 0)).sum() / max(1, said.sum() + truth.sum()))

    return float(max(tried, key=quality))


def sheet_of(found: dict[str, dict[str, Any]], count: int) -> Sheet:
    """A column a contender, with its ratio to Minyi."""
    sheet = Sheet("against", "Beside what somebody would pick instead")
    names = list(dict.fromkeys(name for one in found.values() for name in one))
    table = Table(f"In brackets: so many times Minyi's. Search over {count:,} documents", ["figure", *found])
    for name in names:
        mine = found.get("minyi", {}).get(name)
        cells = []
        for contender, one in found.items():
            value = one.get(name)
            ratio = f" ({value / mine:.2f})" if value is not None and mine and contender != "minyi" else ""
            cells.append("–" if value is None else f"{value:,.3g}{ratio}")
        table.rows.append([name, *cells])
    sheet.tables.append(table)
    for figure in ("read, ms a text", "factor micro-F1", "peak, MB"):
        values = {contender: one[figure] for contender, one in found.items() if figure in one}
        sheet.plots.append((figure, bars(values, figure)))
    missing = "spaCy's trained Chinese pipelines were not installed: PyPI has none of them."
    has = any(key.startswith("zh_core") for one in found.values() for key in one)
    sheet.notes = [
        *([] if has else [missing]),
        "HanLP and LTP are not compared: packages on PyPI hold no weights, and their models know no risk factors.",
        "`ready` is loading for Minyi, whose models ship, and training for the others.",
        "Minyi finds strings at any place; the script finds jieba's words, and nothing that they cut through.",
    ]
    sheet.figures = dict(found)
    return sheet


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with grievances/ and petitions/")
    parser.add_argument("--documents", type=int, default=100_000, help="documents to search (default 100,000)")
    parser.add_argument("--train", type=int, default=0, help="training rows at most (default: all)")
    parser.add_argument("--only", nargs="+", choices=CONTENDERS, default=CONTENDERS)
    parser.add_argument("--out", type=Path, help="folder for against.json, .md and plots")
    parser.add_argument("--one", choices=CONTENDERS, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if not (asked.data / "grievances/gold_dev.jsonl.gz").is_file():
        parser.error(f"--data: {asked.data} has no grievances/gold_dev.jsonl.gz")
    if asked.one:
        trial = Trial(asked.data, asked.documents, asked.train)
        with tempfile.TemporaryDirectory() as folder, Peak() as peak:
            {"minyi": minyi, "script": script, "spacy": spacy}[asked.one](trial, Path(folder) / "index")
        print(json.dumps({**trial.found, "peak, MB": peak.megabytes}))
        return
    found: dict[str, dict[str, Any]] = {}
    for name in asked.only:
        print(f"{time.strftime('%H:%M:%S')} {name}", file=sys.stderr, flush=True)
        command = [sys.executable, "-m", "benchmarks.against", "--one", name, "--data", asked.data]
        command += ["--documents", str(asked.documents), "--train", str(asked.train)]
        said = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, env=dict(os.environ))
        found[name] = json.loads(said.stdout.splitlines()[-1])
    sheet = sheet_of(found, asked.documents)
    sheet.command = f"python -m benchmarks.against --data … --documents {asked.documents} --train {asked.train}"
    sheet.tell(asked.out)


if __name__ == "__main__":
    main()
