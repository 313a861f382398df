"""Trains the person-name model of ``models/names.py``: ``python -m models.training.names DATA_FOLDER``.

DATA_FOLDER holds ``nlp/{msra_ner,cluener2020,weibo_ner}/train.jsonl.gz`` (text, entities as character spans) and
``petitions/*.jsonl.gz`` (text). A tenth of each labelled set is held out and scored. Petitions carry no labels: a
first model marks what is clearly no name, and names made of the labelled sets' characters are put beside role words
(业主, 村民 …), so that the second model knows how petitions speak.
"""

from __future__ import annotations

import gzip
import json
import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import click
import numpy as np
import scipy.sparse
from sklearn.linear_model import SGDClassifier

from models.checksums import note
from models.names import ARTIFACT, PersonNames, Segments, candidate_spans, context_features, own_features

Labelled = tuple[str, set[tuple[int, int]]]

_SETS: Final = ("msra_ner", "cluener2020", "weibo_ner")
_PERSON_LABELS: Final = frozenset({"PER", "name", "PER.NAM"})
_PETITIONS: Final = ("hot4326", "unlabelled2801", "labelled_domain_train")
_ROLE: Final = re.compile(
    r"业主|村民|居民|住户|邻居|老板|包工头|户主|家长|司机|法人|负责人|老人|儿子|"
    r"女儿|丈夫|妻子|父亲|母亲|工人|员工|局长|书记|主任|所长|村长|经理|队长|(?<=[，。\n])我(?=[在向去从"
    r"被是家到想把给与和])"
)
_SCALE: Final = 32
_ARTIFACTS: Final = Path(__file__).parent.parent / "artifacts"


def labelled_rows(data: Path, name: str) -> Iterator[Labelled]:
    """The texts of one entity set with the spans of its persons."""
    with gzip.open(data / "nlp" / name / "train.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            yield row["text"], {(e["start"], e["end"]) for e in row["entities"] if e["type"] in _PERSON_LABELS}


def petition_texts(data: Path) -> list[str]:
    """The petitions' texts, each once."""
    texts: dict[str, None] = {}
    for name in _PETITIONS:
        with gzip.open(data / "petitions" / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
            texts.update((json.loads(line)["text"], None) for line in lines)
    return list(texts)


def examples(rows: Iterable[Labelled]) -> Iterator[tuple[list[str], bool]]:
    """The features of every candidate of the rows, and whether it is a person."""
    for text, people in rows:
        words = Segments(text)
        for start, family, end in candidate_spans(text):
            features = own_features(text[start:family], text[family:end])
            yield features + context_features(text, start, family, end, words), (start, end) in people


def petition_examples(
    texts: list[str], people: list[str], first: PersonNames, chance: random.Random
) -> Iterator[tuple[list[str], bool]]:
    """Candidates that the first model is sure are no names, and shuffled names put beside role words."""
    for text in texts:
        words = Segments(text)
        unsure = {(c.start, c.end) for c in first.candidates(text, lambda words=words: words, floor=-2.5)}  # type: ignore[misc]
        for start, family, end in candidate_spans(text):
            if (start, end) not in unsure and chance.random() < 0.25:
                features = own_features(text[start:family], text[family:end])
                yield features + context_features(text, start, family, end, words), False
        for role in list(_ROLE.finditer(text))[:3]:
            name = chance.choice(people)
            name = name[:-1] + chance.choice(people)[-1] if len(name) == 3 else name
            at = role.start() if role.group() == "我" else role.end()
            if role.group() in {"局长", "书记", "主任"} and chance.random() < 0.5:
                at = role.start()
            renamed = text[:at] + name + text[role.end() if role.group() == "我" else at :]
            near = renamed[max(0, at - 30) : at + 30]
            offset = at - max(0, at - 30)
            for features, person in examples([(near, {(offset, offset + len(name))})]):
                if person or chance.random() < 0.3:
                    yield features, person


def fit(rows: list[tuple[list[str], bool]]) -> PersonNames:
    """A logistic regression (stochastic gradient, averaged) whose weights are rounded and pruned."""
    counts = Counter(feature for features, _ in rows for feature in features)
    vocabulary = {feature: index for index, feature in enumerate(f for f, count in counts.items() if count >= 3)}
    indices: list[int] = []
    pointers = [0]
    for features, _ in rows:
        indices += [vocabulary[feature] for feature in features if feature in vocabulary]
        pointers.append(len(indices))
    matrix = scipy.sparse.csr_matrix(
        (np.ones(len(indices), np.float32), indices, pointers), shape=(len(rows), len(vocabulary))
    )
    model = SGDClassifier(loss="log_loss", alpha=3e-6, max_iter=12, tol=None, random_state=0, average=True)
    model.fit(matrix, [person for _, person in rows])
    weights = model.coef_[0]
    kept = {f: round(float(weights[i]) * _SCALE) / _SCALE for f, i in vocabulary.items() if abs(weights[i]) > 0.08}
    return PersonNames(kept, float(model.intercept_[0]))


def score(model: PersonNames, rows: list[Labelled], threshold: float) -> dict[str, Any]:
    """Precision, recall and F1 over the surname-led persons of two to four characters."""
    right = wrong = missed = 0
    for text, people in rows:
        words = Segments(text)
        taken: list[tuple[int, int]] = []
        found = model.candidates(text, lambda words=words: words, floor=threshold)  # type: ignore[misc]
        for c in sorted(found, key=lambda each: -each.logit):
            if all(c.end <= start or c.start >= end for start, end in taken):
                taken.append((c.start, c.end))
        gold = people & {(start, end) for start, _, end in candidate_spans(text)}
        right += len(gold & set(taken))
        wrong += len(set(taken) - gold)
        missed += len(gold - set(taken))
    precision, recall = right / max(1, right + wrong), right / max(1, right + missed)
    f1 = 2 * precision * recall / max(1e-9, precision + recall)
    return {"precision": round(precision, 3), "recall": round(recall, 3), "f1": round(f1, 3), "people": right + missed}


@click.command()
@click.argument("data", type=click.Path(exists=True, file_okay=False, path_type=Path))
def main(data: Path) -> None:
    """Train on DATA, print the scores on the held-out tenth, write the artifact."""
    chance = random.Random(0)
    train: list[Labelled] = []
    held_out: dict[str, list[Labelled]] = {}
    for name in _SETS:
        rows = list(labelled_rows(data, name))
        chance.shuffle(rows)
        held_out[name], train = rows[: len(rows) // 10], train + rows[len(rows) // 10 :]
    labelled = list(examples(train))
    people = [
        text[start:end]
        for text, spans in train
        for start, end in sorted(spans)
        if any((start, end) == (s, e) for s, _, e in candidate_spans(text[:end]))
    ]
    first = fit(labelled)
    model = fit(labelled + list(petition_examples(petition_texts(data), people, first, chance)))
    for name, rows in held_out.items():
        for threshold in (-1.0, 0.0, 1.0):
            click.echo(json.dumps({"set": name, "log_odds": threshold, **score(model, rows, threshold)}))
    content = {"scale": _SCALE, "bias": model.bias, "weights": {f: round(w * _SCALE) for f, w in model.weights.items()}}
    payload = json.dumps(content, ensure_ascii=False, sort_keys=True).encode()
    _ARTIFACTS.mkdir(exist_ok=True)
    (_ARTIFACTS / ARTIFACT).write_bytes(gzip.compress(payload, mtime=0))
    note(_ARTIFACTS, [ARTIFACT])


if __name__ == "__main__":
    main()
