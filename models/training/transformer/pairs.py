"""Pairs of petition and project made from labelled petitions, since few petitions are linked by hand.

A project is described as the registry describes one: by what a petition names as its facility and places. A petition
of the same cluster of one matter is about it; the petitions most like it in words, but of another matter, are not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from random import Random

from sklearn.feature_extraction.text import TfidfVectorizer

from models.taxonomy import taxonomy
from models.training.transformer.rows import Example, Row, described, link, text_of

HARD = 2
"""Petitions of another matter a project, each among the NEAR most similar."""
NEAR = 8


def made_up(labelled: Sequence[Row], clustered: Sequence[Row], excluded: set[str]) -> list[Example]:
    """Examples of the head ``link``, about and none; mentions are not made up."""
    rng = Random(1)
    cluster_of = {text_of(row): row["syu_cluster"] for row in clustered}
    members: dict[object, list[str]] = defaultdict(list)
    for row in clustered:
        if text_of(row) not in excluded:
            members[row["syu_cluster"]].append(text_of(row))
    named = [row for row in labelled if row["is_grievance"] and row["facility"] and row["places"]]
    if not named:
        return []
    texts = [text_of(row) for row in named]
    words = TfidfVectorizer(analyzer="char", ngram_range=(2, 3), min_df=2, max_features=60000)
    vectors = words.fit_transform(texts)
    pairs = []
    for number, row in enumerate(named):
        project = _project(row, rng)
        likeness = (vectors[number] @ vectors.T).toarray()[0]
        likeness[number] = -1
        cluster = cluster_of.get(texts[number])
        for other in rng.sample(likeness.argsort()[-NEAR:].tolist(), HARD):
            same = named[other]["facility"] == row["facility"]
            if not same and (cluster is None or cluster_of.get(texts[other]) != cluster):
                pairs.append(link(texts[other], project, "none"))
        pairs.append(link(texts[number], project, "about"))
        pairs += [link(text, project, "about") for text in members.get(cluster, ())[:3] if text != texts[number]]
    rng.shuffle(pairs)
    return pairs


def _project(row: Row, rng: Random) -> str:
    factor = next(item["code"] for item in row["factors"] if item["primary"])
    known = taxonomy().factors[factor]
    places = row["places"][:3]
    name = f"{places[0] if rng.random() < 0.6 else ''}{row['facility']}{rng.choice(('', '项目', '建设', '工程'))}"
    keywords = rng.sample(known.anchors, min(3, len(known.anchors)))
    return described(name, (), places, keywords)
