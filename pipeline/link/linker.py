"""Links a text to the decision projects that it is about, with evidence, or abstains."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from models.encoder import SentenceEncoder
from pipeline.link.candidates import Candidates
from pipeline.link.families import Families
from pipeline.link.features import Features, features, with_rivals
from pipeline.link.meaning import Meaning, same, usual_encoder
from pipeline.link.passages import evidence, only_by_region
from pipeline.link.prepared import Prepared
from pipeline.link.profile import Profile
from pipeline.link.trees import load, trained_with
from pipeline.records import DecisionProject, ProjectLink

METHOD: Final = "registry words + boosted trees 2"
METHOD_WITH_MEANING: Final = "registry words + sentence vectors + boosted trees 2"
MENTION_THRESHOLD: Final = 0.6
WORTH_READING: Final = 0.02
"""Probability by words below which a pair is not laid beside the text's vector: meaning alone never makes a link."""


class Asked(NamedTuple):
    """A text (title, line feed, body) with the time and region that came with it."""

    text: str
    published_at: datetime | None = None
    region: str | None = None


class Linker:
    """The registry of projects, ready to be looked for in texts; pure and safe to share.

    With the encoder it was trained with, a text's meaning counts as well; without it, or with another, words alone do.
    """

    def __init__(
        self,
        projects: Iterable[DecisionProject],
        threshold: float = 0.5,
        encoder: SentenceEncoder | None = None,
    ) -> None:
        registry = list(projects)
        self._profiles = {project.id: Profile(project) for project in registry}
        self._threshold = threshold
        self._candidates = Candidates(self._profiles)
        self._families = Families(self._profiles)
        known = encoder is not None and bool(registry) and same(encoder, trained_with())
        self._meaning = Meaning(registry, encoder) if encoder is not None and known else None

    @classmethod
    def with_model(cls, projects: Iterable[DecisionProject], threshold: float = 0.5) -> Linker:
        """A linker that reads with the chosen model's encoder, if there is one."""
        registry = list(projects)
        return cls(registry, threshold, usual_encoder() if registry else None)

    def candidates(self, text: str, region: str | None) -> list[str]:
        """Ids of the projects that the text could be about."""
        return self._candidates.of(text, region)

    def link(
        self, text: str, *, published_at: datetime | None = None, region: str | None = None
    ) -> tuple[ProjectLink, ...]:
        """The links of one text; see :meth:`links`."""
        return self.links([Asked(text, published_at, region)])[0]

    def links(self, asked: Sequence[Asked]) -> list[tuple[ProjectLink, ...]]:
        """Links above the threshold, likeliest first, one tuple a text; an empty one is an abstention.

        Offsets of the evidence count in the text. Projects are not excluded by date: people write before the start and
        after the end. The same text has the same links whatever is read beside it.
        """
        prepared = [Prepared(item.text, item.region or "", item.published_at) for item in asked]
        rows = [self.rows(text) for text in prepared]
        by_words = [{key: load("about_by_words").probability(row) for key, row in found.items()} for found in rows]
        near = [n for n, found in enumerate(by_words) if max(found.values(), default=0.0) >= WORTH_READING]
        if self._meaning is not None and near:
            for n, vector in zip(near, self._meaning.of([asked[n].text for n in near]), strict=True):
                meant = self._meaning.features(vector, list(rows[n]), self._families.rivals)
                for key in [key for key, p in by_words[n].items() if p >= WORTH_READING]:
                    by_words[n][key] = load("about").probability({**rows[n][key], **meant[key]})
        return [self._judged(text, found, about) for text, found, about in zip(prepared, rows, by_words, strict=True)]

    def rows(self, text: Prepared) -> dict[str, Features]:
        """The words' features of every candidate."""
        ids = self.candidates(text.text, text.region)
        found = [features(text, self._profiles[key]) for key in ids]
        compared = with_rivals(found, lambda i, j: self._families.rivals(ids[i], ids[j]))
        return dict(zip(ids, compared, strict=True))

    def _judged(self, text: Prepared, rows: dict[str, Features], about: dict[str, float]) -> tuple[ProjectLink, ...]:
        links = [link for key, row in rows.items() if (link := self._link(text, key, row, about[key]))]
        settled = self._families.settled(text.text, links)
        return tuple(sorted(settled, key=lambda link: (link.relation, -link.p, link.project_id)))

    def _link(self, text: Prepared, project_id: str, row: Features, p: float) -> ProjectLink | None:
        profile = self._profiles[project_id]
        by_region = only_by_region(text, profile)
        about = p >= self._threshold
        if not about:
            p = load("linked").probability(row)
            if p < MENTION_THRESHOLD or by_region:
                return None
        return ProjectLink(
            project_id=project_id,
            p=round(p, 4),
            relation="about" if about else "mentions",
            method=METHOD if self._meaning is None else METHOD_WITH_MEANING,
            evidence=evidence(text.text, profile),
            only_by_region=by_region,
        )
