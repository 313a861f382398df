"""The form of a text (petition, post, news, notice, ad, other): it comes first, since every form is read its own way.

News and notices quote complaints, often to refute them (BRIEF §1.3).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

import numpy as np

from models.calibration import softmax
from models.linear.social import SOCIAL
from models.transformer.card import Card
from models.transformer.labels import log_odds
from models.transformer.session import Floats

PETITION: Final = "petition"
OF_OTHERS: Final = ("news", "notice")
"""Forms that speak of other people's matters."""
_STATED: Final[Mapping[str, tuple[str, float]]] = {"news": ("news", 4.0), "notice": ("notice", 6.0)}
"""What it adds to a form's log-odds that a source publishes nothing else, as in the rules for posts."""
_TITLED: Final = 3.0
"""What a title adds to the log-odds of a petition: no petition of ``gold_dev`` is taken for another form with it."""
_OWN_WORDS: Final = re.compile(
    r"[“\"「『][^”\"」』]{0,120}?(?:我(?!国|市|省|县|区|校|院)|咱|俺)[^”\"」』]{0,120}[”\"」』]"
)


def form_shares(card: Card, fields: Floats, source_kind: str | None, *, titled: bool = False) -> dict[str, float]:
    """Probabilities of the forms, given where the text comes from.

    A petition board's text is a petition, and what comes from Weibo or a news site is none; where nobody says where a
    text comes from, the model tells. ``titled``: it has a title, as letters to a board have and posts have not.
    """
    head = card.find("fields", "form")
    scores = log_odds(card, fields, head)
    if source_kind is not None and source_kind not in SOCIAL:
        return {label: float(label == PETITION) for label in head.labels}
    if source_kind is not None:
        scores = scores + np.array([-1e4 * (label == PETITION) for label in head.labels])
        stated, gain = _STATED.get(source_kind, ("", 0.0))
        scores = scores + np.array([gain * (label == stated) for label in head.labels])
    elif titled:
        scores = scores + np.array([_TITLED * (label == PETITION) for label in head.labels])
    return dict(zip(head.labels, softmax(scores).tolist(), strict=True))


def likeliest(shares: Mapping[str, float]) -> str:
    """The form with the largest share."""
    return max(shares, key=lambda label: (shares[label], label))


def own_voice(shares: Mapping[str, float], text: str) -> float:
    """Probability that the text can state a grievance of a person's own: news can where it quotes one in the first
    person."""
    if _OWN_WORDS.search(text):
        return 1.0
    return 1.0 - sum(shares.get(label, 0.0) for label in OF_OTHERS)
