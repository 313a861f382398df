"""What the stack reads: whole-text scores, clause scores and lexicon signals, label by label."""

from __future__ import annotations

import numpy as np

from models.linear.ngrams import Floats

FACTOR_FEATURES = (
    "text", "primary", "clause", "text_below_best", "primary_below_best", "clause_below_best", "text_below_third",
    "clause_below_third", "prior", "grievance", "text_x_clause", "text_squared", "clause_squared", "clause_in_title",
    "title_clause_below_best", "trigger", "pattern", "anchor", "named_in_title", "share_of_hits", "hit_x_text",
    "hit_x_clause",
)  # fmt: skip
"""One row of these a factor; the same coefficients serve all factors, so rare ones learn from common ones."""


def factor_features(
    text: Floats, primary: Floats, clause: Floats, title: Floats, grievance: float, prior: Floats, hits: Floats
) -> Floats:
    """Factors × features. ``hits`` is factors × (trigger, pattern, anchor, in title), counts."""

    def below(score: Floats, rank: int) -> Floats:
        return np.asarray(score - np.sort(score)[-rank], dtype=np.float32)

    trigger, pattern, anchor = np.minimum(hits[:, :3], 2).T
    weighed = hits[:, 0] + 0.8 * hits[:, 1] + 0.4 * hits[:, 2]
    any_hit = np.minimum(weighed, 1)
    columns = (
        text, primary, clause, below(text, 1), below(primary, 1), below(clause, 1), below(text, 3), below(clause, 3),
        prior, np.full_like(text, grievance), text * clause, text**2, clause**2, title, below(title, 1),
        trigger, pattern, anchor, np.minimum(hits[:, 3], 1), weighed / max(float(weighed.sum()), 1.0),
        any_hit * text, any_hit * clause,
    )  # fmt: skip
    return np.stack(columns, axis=1).astype(np.float32)
