"""What speaks for a text being about a project, as named numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

from pipeline.link.prepared import Prepared
from pipeline.link.profile import Profile
from pipeline.link.rarity import bigrams, idf
from pipeline.link.where import dates, division, finest_region, finest_text, other_division, region

Features = dict[str, float]
LEADS = ("core", "together", "core_of_title", "together_soft", "keyword_soft_share")
"""Numbers in which a project is compared with the best of its rivals."""
LIKE, PARTLY = 0.8, 0.7
"""What another word for the same facility counts, and a whole keyword that stands there in pieces."""
ENOUGH_PLACE, ENOUGH_WORDS = 8.0, 14.0
"""Rarities beyond which more says no more."""


def features(text: Prepared, profile: Profile) -> Features:
    """The numbers of one text and one project, less those that compare it with its rivals."""
    found = {**_overlap(text, profile), **_words(text, profile), **_where(text, profile), **_points(text, profile)}
    conflict = (found["region"] < 0 or found["other_division"] >= 1) and not found["finest_text"]
    named = found["place_any"] or found["name_short"]
    return {**found, "conflict": float(conflict), "elsewhere": float(conflict and not named)}


def with_rivals(rows: Sequence[Features], rivals: Callable[[int, int], bool] = lambda a, b: True) -> list[Features]:
    """Adds, for each candidate project of one text, how far it leads the best of its rivals.

    ``rivals`` says of two rows whether their projects are: a project and what it is part of are none.
    """
    return [
        {
            **row,
            **{
                f"{name}_lead": row[name]
                - max((other[name] for j, other in enumerate(rows) if j != i and rivals(i, j)), default=0.0)
                for name in LEADS
            },
        }
        for i, row in enumerate(rows)
    ]


def _overlap(text: Prepared, profile: Profile) -> Features:
    grams, heading = text.grams, text.heading_grams
    return {
        "cosine": _sum_squares(profile.everything, grams) / (text.length * profile.length),
        "core": _sum(profile.core, grams) / profile.core_weight,
        "core_of_title": _sum(profile.core, heading) / text.heading_weight,
        "every_of_title": _sum(profile.everything, heading) / text.heading_weight,
        "name_cover": name_cover(profile, grams),
        "name_cover_sentence": max((name_cover(profile, sentence) for sentence in text.sentence_grams), default=0.0),
        "sound": max((profile.weights[w] for sound, w in profile.sounds.items() if sound in text.sounded), default=0.0),
        "length": math.log1p(len(text.text)),
    }


def _words(prepared: Prepared, profile: Profile) -> Features:
    text, heading, rare, heavy = prepared.text, prepared.heading, profile.rarities, profile.weights
    names = [word for word in profile.names if word in text]
    named = [*names, *(word for word in profile.short_names if word in text)]
    places = [word for word in profile.places if word in text]
    placed = [*places, *(word for word in profile.short_places if word in text)]
    shared = [word for word in profile.region_places if word in text]
    keywords = [word for word in profile.keywords if word in text]
    cover = {k: _keyword_cover(k, profile, text, prepared.grams) for k in profile.keywords}
    soft = sum(share * min(rare[k], ENOUGH_PLACE) for k, share in cover.items())
    partial = max((_rarest_common(word, prepared.grams) for word in profile.keywords), default=0.0)
    best_place = max((rare[word] for word in placed), default=0.0)
    found = [*named, *placed, *shared, *keywords]
    return {
        "name_exact": max((min(heavy[word], 40.0) for word in names), default=0.0),
        "name_short": max((min(heavy[word], 40.0) for word in named), default=0.0),
        "name_count": math.log1p(sum(map(text.count, named))),
        "name_in_title": max((rare[word] for word in named if word in heading), default=0.0),
        "place_rarity": max((rare[word] for word in places), default=0.0),
        "place_any": best_place,
        "place_weight": max((min(heavy[word], 30.0) for word in places), default=0.0),
        "place_in_title": max((rare[word] for word in placed if word in heading), default=0.0),
        "place_count": math.log1p(sum(map(text.count, set(placed)))),
        "places": float(len(set(places))),
        "region_place": float(bool(shared)),
        "keywords": float(len(keywords)),
        "keyword_rarity": sum(rare[word] for word in keywords),
        "keyword_best": max((rare[word] for word in keywords), default=0.0),
        "keyword_in_title": sum(rare[word] for word in keywords if word in heading),
        "keyword_count": math.log1p(sum(map(text.count, keywords))),
        "keyword_partial": partial,
        "keyword_soft": soft,
        "keyword_soft_share": sum(share * rare[k] for k, share in cover.items())
        / (sum(rare[k] for k in profile.keywords) or 1.0),
        "keyword_soft_best": max((share * rare[k] for k, share in cover.items()), default=0.0),
        "keyword_soft_title": _soft(profile, heading, prepared.heading_grams),
        "first": min(map(text.find, found), default=len(text)) / max(len(text), 1),
        "sentences": sum(any(word in s for word in found) for s in prepared.sentences)
        / max(len(prepared.sentences), 1),
        "partial_and_place": min(best_place, ENOUGH_PLACE) * partial,
        "soft_and_place": min(max(best_place, 3.0 * bool(shared)), ENOUGH_PLACE) * min(soft, ENOUGH_WORDS),
    }


def _where(text: Prepared, profile: Profile) -> Features:
    before, after = dates(text, profile)
    return {
        "region": region(text.region, profile),
        "division": division(text, profile),
        "finest_region": finest_region(text, profile),
        "finest_text": finest_text(text, profile),
        "other_division": other_division(text, profile),
        "before": before,
        "after": after,
    }


def _points(text: Prepared, profile: Profile) -> Features:
    """The best point or sentence: whether it has place and matter together."""
    rare = profile.rarities
    anchors = [word for word in (*profile.own_words, *profile.region_places) if word in text.text]
    together = soft = core = share = 0.0
    anchored = 0
    for point, grams, weight in text.point_grams:
        own = _sum(profile.core, grams)
        core, share = max(core, own / profile.core_weight), max(share, own / max(weight, 30.0))
        if anchor := max((min(rare[word], ENOUGH_PLACE) for word in anchors if word in point), default=0.0):
            words = min(_soft(profile, point, grams), ENOUGH_WORDS)
            soft, anchored = max(soft, anchor * words / ENOUGH_WORDS), anchored + 1
    for sentence in text.sentences:
        if anchor := max((rare[word] for word in anchors if word in sentence), default=0.0):
            words = min(sum(rare[word] for word in profile.keywords if word in sentence), 12.0)
            together = max(together, min(anchor, ENOUGH_PLACE) * words / 12.0)
    return {
        "unit_core": core,
        "unit_share": share,
        "together_soft": soft,
        "units": math.log1p(len(text.points)),
        "unit_anchor_share": anchored / max(len(text.points), 1),
        "together": together,
    }


def name_cover(profile: Profile, grams: set[str]) -> float:
    """Largest share of a name's rarity that stands in the text, in whatever order."""
    return max((_sum(name, grams) / total for name, total in profile.name_grams), default=0.0)


def _soft(profile: Profile, text: str, grams: set[str]) -> float:
    return sum(_keyword_cover(k, profile, text, grams) * profile.rarities[k] for k in profile.keywords)


def _keyword_cover(keyword: str, profile: Profile, text: str, grams: set[str]) -> float:
    """1 where the keyword stands, less where a word like it or a part of it does."""
    if keyword in text:
        return 1.0
    if any(word in text for word in profile.like_keywords[keyword]):
        return LIKE
    if len(keyword) < 3:
        return 0.0
    own = bigrams(keyword)
    return PARTLY * sum(idf(gram) for gram in own if gram in grams) / (sum(map(idf, own)) or 1.0)


def _rarest_common(word: str, grams: set[str]) -> float:
    return max((idf(gram) for gram in bigrams(word) if gram in grams), default=0.0)


def _sum(weights: Mapping[str, float], grams: set[str]) -> float:
    return sum(value for gram, value in weights.items() if gram in grams)


def _sum_squares(weights: Mapping[str, float], grams: set[str]) -> float:
    return sum(value * value for gram, value in weights.items() if gram in grams)
