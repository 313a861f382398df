"""What the model learns from: the data sets of a folder as streams of examples, each split into train and dev.

The folder has the layout of the published sets (``docs/TRAINING.md``); a set that is not there is left out. Official
test splits are not read. ``gold_dev`` and ``weibo_dev`` are for reporting alone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from models.training.transformer import rows, unlabelled
from models.training.transformer.config import Settings
from models.training.transformer.groups import groups, held_out
from models.training.transformer.rows import Example

OWN: Path = Path(__file__).with_name("posts")
"""Posts written or labelled for Minyi: ``own.jsonl`` (texts of our own), ``labels.jsonl`` (SHA-256 of published posts,
first 16 hexadecimal digits, with passages as offsets; the posts themselves are in the user's folder)."""


@dataclass(frozen=True)
class Stream:
    """Examples of one kind: what is learnt from, and what is kept back to choose with."""

    train: list[Example]
    dev: list[Example]


def _split(examples: Sequence[Example], share: float) -> Stream:
    back = [held_out(example.text, share) for example in examples]
    return Stream(
        [e for e, out in zip(examples, back, strict=True) if not out],
        [e for e, out in zip(examples, back, strict=True) if out],
    )


def letters(folder: Path) -> Stream:
    """Petitions with every field, and with one of seven domains; dev: a twelfth of the natural rows by content.

    Natural rows alone are kept back: those that active learning chose would give other shares of classes.
    """
    natural = [rows.petition(row) for row in _rows(folder / "grievances/train.jsonl.gz")]
    chosen = [rows.petition(row) for row in _rows(folder / "grievances/train_active.jsonl.gz")]
    split = _split(natural, 1 / 12)
    domain = _domains(folder)
    known = {e.text for e in (*natural, *chosen)}
    gold = {rows.text_of(row) for row in _rows(folder / "grievances/gold_dev.jsonl.gz")}
    only = [
        Example(text, {"domain": label, "form": "petition"})
        for text, label in domain.train.items()
        if text not in known | gold
    ]
    both = [_labelled(e, domain.train) for e in (*split.train, *chosen)]
    return Stream([*both, *only], split.dev)


@dataclass(frozen=True)
class _Domains:
    train: dict[str, str]
    dev: dict[str, str]


def _domains(folder: Path) -> _Domains:
    """Domain by text; a tenth of the groups of near-duplicates is kept back."""
    found = _rows(folder / "petitions/labelled_domain_train.jsonl.gz")
    texts = [rows.text_of(row) for row in found]
    back = [held_out(texts[group], 0.1, "domain") for group in groups(texts)]
    train: dict[str, str] = {}
    dev: dict[str, str] = {}
    for text, row, out in zip(texts, found, back, strict=True):
        (dev if out else train)[text] = str(row["label_level1"])
    return _Domains(train, dev)


def _labelled(example: Example, domains: dict[str, str]) -> Example:
    label = domains.get(example.text)
    return example if label is None else Example(
        example.text, {**example.labels, "domain": label}, example.spans, example.evidence
    )  # fmt: skip


def domain(folder: Path) -> Stream:
    """The seven domains: dev alone, as :func:`letters` learns them."""
    return Stream([], [Example(text, {"domain": label}) for text, label in _domains(folder).dev.items()])


def gold(folder: Path) -> Stream:
    """The adjudicated petitions, for reporting."""
    return Stream([], [rows.petition(row) for row in _rows(folder / "grievances/gold_dev.jsonl.gz")])


def posts(folder: Path) -> Stream:
    """Labelled posts, posts of our own, and as background unlabelled posts and headlines, hardly any of them a
    grievance; dev: the adjudicated posts, one a group of copies, for reporting."""
    published = {
        digest(str(row["text"])): str(row["text"])
        for name in ("smp2020_ewect_usual", "smp2020_ewect_virus", "weibo2018_sentiment")
        for row in _rows(folder / f"nlp/{name}/train.jsonl.gz")
    }
    labelled = [
        rows.post(with_text(row, published[row["sha256"]]))
        for row in _rows(OWN / "labels.jsonl")
        if row["sha256"] in published
    ]
    own = [rows.post(row) for row in _rows(OWN / "own.jsonl")]
    dev = _rows(folder / "grievances/weibo_dev.jsonl.gz")
    once = {row.get("dup_group") or row["uid"]: rows.post(row) for row in dev}
    dev_texts = {str(row["text"]) for row in dev}
    chatter = _sample(folder / "nlp/weibo_2020_unlabelled/sample.jsonl.gz", 1500)
    background = [
        Example(text, {"grievance": 0.03, "about_grievance": 0.05}, weight=0.3)
        for text in chatter
        if len(text) > 8 and text not in dev_texts
    ]
    news = [
        Example(text, {"form": "news", "grievance": 0.0}, weight=0.3)
        for name in ("tnews_titles/unlabelled", "thucnews_headlines/dev")
        for text in _sample(folder / f"nlp/{name}.jsonl.gz", 400)
    ]
    return Stream([*labelled, *own, *background, *news], list(once.values()))


def digest(text: str) -> str:
    """What names a published post in ``labels.jsonl``."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def with_text(row: rows.Row, text: str) -> rows.Row:
    """A row of ``labels.jsonl``, whose passages are offsets, as a row with the passages of the published post."""

    def passage(span: list[int] | None) -> str | None:
        return None if span is None else text[span[0] : span[1]]

    return {
        **row,
        "text": text,
        "factors": [{**item, "quote": passage(item["quote"])} for item in row["factors"]],
        **{name: passage(row[name]) for name in ("demand", "facility")},
        **{name: [passage(span) for span in row[name]] for name in ("places", "organisations")},
    }


def emotion(folder: Path) -> Stream:
    """Six emotions of posts, usual and of the epidemic, with the official dev split."""
    names = ("smp2020_ewect_usual", "smp2020_ewect_virus")
    train, dev = (
        [
            Example(str(row["text"]), {"emotion": row["label"]})
            for name in names
            for row in _rows(folder / f"nlp/{name}/{part}.jsonl.gz")
        ]
        for part in ("train", "dev")
    )
    return Stream(train, dev)


def polarity(folder: Path) -> Stream:
    """Positive or not, of hand-labelled posts; dev: a tenth by content."""
    found = _rows(folder / "nlp/weibo2018_sentiment/train.jsonl.gz")
    return _split([Example(str(row["text"]), {"polarity": bool(row["label"])}) for row in found], 0.1)


def stance(folder: Path) -> Stream:
    """Stance toward a target; dev: a fifth of the posts of NLPCC 2016, a fifth of the events of Tianchi."""
    nlpcc = _split([rows.stance(row) for row in _rows(folder / "nlp/nlpcc2016_stance/train.jsonl.gz")], 0.2)
    found = [rows.stance(row) for row in _rows(folder / "nlp/tianchi_weibo_event_stance/train.jsonl.gz")]
    back = [held_out(str(example.target), 0.2, "event") for example in found]
    wide = [rows.stance(row) for row in _rows(folder / "nlp/c_stance/train.jsonl.gz")]
    return Stream(
        [
            *nlpcc.train,
            *(e for e, out in zip(found, back, strict=True) if not out),
            *Random(1).sample(wide, min(9000, len(wide))),
        ],
        [*nlpcc.dev, *(e for e, out in zip(found, back, strict=True) if out)],
    )


def entities(folder: Path) -> Stream:
    """Entities of three sets; dev: a tenth of CLUENER by content and the official dev split of Weibo NER."""
    cluener = _split([rows.cluener(row) for row in _rows(folder / "nlp/cluener2020/train.jsonl.gz")], 0.1)
    weibo = [rows.weibo_ner(row) for row in _rows(folder / "nlp/weibo_ner/train.jsonl.gz")]
    persons = [rows.msra(row) for row in _rows(folder / "nlp/msra_ner/train.jsonl.gz")]
    named = [e for e in persons if e.spans["person"]]
    kept = Random(1).sample(named, min(3000, len(named)))
    return Stream(
        [*cluener.train, *weibo, *weibo, *weibo, *kept],
        [*cluener.dev, *(rows.weibo_ner(row) for row in _rows(folder / "nlp/weibo_ner/dev.jsonl"))],
    )


def links(folder: Path) -> Stream:
    """Pairs of a petition and a made-up project: its own facility and places (about), or those of a petition that
    resembles it (none). No pair has a text of the linking set, whose figures are cross-validated elsewhere."""
    from models.training.transformer.pairs import made_up

    kept_back = {rows.text_of(row) for row in _rows(folder / "linking/links_dev.jsonl.gz")}
    found = [*_rows(folder / "grievances/train.jsonl.gz"), *_rows(folder / "grievances/train_active.jsonl.gz")]
    clustered = _rows(folder / "petitions/hot4326.jsonl.gz")
    return _split(made_up([r for r in found if rows.text_of(r) not in kept_back], clustered, kept_back), 0.05)


WEAK_WEIGHT = 0.5
"""What a weakly labelled petition counts beside one that an annotator labelled, where its two teachers agree."""


def weak(folder: Path, file: Path) -> Stream:
    """Unlabelled petitions with the soft labels of a file that ``models.training.transformer.weak`` has written.

    A text that stands word for word in a labelled set, or is not in the folder, is left out. No dev.
    """
    texts = {digest(text): text for text in unlabelled.petitions(folder)}
    found = [row for row in rows.read(file) if row["text_sha256"] in texts]
    return Stream([rows.weak(texts[row["text_sha256"]], row, WEAK_WEIGHT) for row in found], [])


STREAMS: dict[str, Callable[[Path], Stream]] = {
    "letters": letters,
    "posts": posts,
    "emotion": emotion,
    "polarity": polarity,
    "stance": stance,
    "entities": entities,
    "links": links,
}
"""The streams that are read from the folder, by name in the training configuration; ``weak`` and ``own`` are read from
files of their own."""
FEW = 30
"""Own rows from which some are kept back."""


def own(examples: Sequence[Example]) -> Stream:
    """The user's own labelled rows; dev: a tenth of the groups of near-duplicates, nothing of fewer than FEW rows."""
    if len(examples) < FEW:
        return Stream(list(examples), [])
    found = groups([example.text for example in examples])
    back = [held_out(examples[group].text, 0.1, "own") for group in found]
    return Stream(
        [e for e, out in zip(examples, back, strict=True) if not out],
        [e for e, out in zip(examples, back, strict=True) if out],
    )


def read(folder: Path | None, settings: Settings, labelled: Sequence[Example] = ()) -> dict[str, Stream]:
    """The streams that a run asks for, but for those of which the folder has nothing, and ``gold`` to report on.

    ``labelled``: the user's own rows, for the stream ``own``. Raises ValueError (E214) for an unknown name, for
    ``weak`` without a file, and where nothing is left to learn from.
    """
    unknown = sorted(set(settings.epochs) - {*STREAMS, "weak", "own"})
    if unknown:
        raise ValueError(
            f"E214: epochs: no stream is called {', '.join(unknown)}; there are {', '.join(STREAMS)}, weak and own"
        )
    if "weak" in settings.epochs and settings.weak is None:
        raise ValueError('E214: epochs name the stream weak, but no file of weak labels is given (weak = "FILE")')
    found = {"own": own(labelled)} if labelled else {}
    if folder is not None:
        found |= {name: STREAMS[name](folder) for name in settings.epochs if name in STREAMS}
        if "weak" in settings.epochs and settings.weak is not None:
            found["weak"] = weak(folder, settings.weak)
    found = {name: stream for name, stream in found.items() if stream.train and settings.epochs.get(name)}
    if not found:
        raise ValueError("E214: there is nothing to learn from: the folder has none of the sets that epochs name")
    return {**found, "gold": gold(folder) if folder else Stream([], [])}


def _rows(path: Path) -> list[rows.Row]:
    return rows.read(path) if path.is_file() else []


def _sample(path: Path, count: int) -> list[str]:
    texts = [str(row.get("text") or row.get("title") or "") for row in _rows(path)]
    return Random(1).sample(texts, min(count, len(texts)))


def counts(streams: dict[str, Stream]) -> str:
    """Sizes for the log."""
    return json.dumps({name: [len(stream.train), len(stream.dev)] for name, stream in streams.items()})
