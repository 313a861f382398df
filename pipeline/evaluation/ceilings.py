"""How far two annotators agreed (标注者一致性): the ceiling to approach, by the name of the figure it stands beside.

Measured between two annotators before adjudication, on 221 petitions and on 185 posts. Two are bounds or measured
otherwise: ``is_grievance`` of petitions is at least what is said here, and places count as agreed after compound
mentions were merged.
"""

from __future__ import annotations

from typing import Final

CEILINGS: Final[dict[str, dict[str, float]]] = {
    "grievance": {
        "primary factor accuracy": 0.938,
        "factor micro-F1": 0.886,
        "attitude accuracy": 0.981,
        "is_grievance accuracy": 0.99,
        "escalation accuracy": 0.96,
        "stakeholder accuracy": 0.89,
        "demand character F1": 0.88,
        "facility character F1": 0.89,
        "places F1, exact": 0.86,
        "organisations F1, exact": 0.81,
    },
    "weibo_grievance": {
        "is_grievance F1": 0.958,
        "factor micro-F1": 0.850,
        "attitude accuracy": 0.928,
        "genre accuracy": 0.961,
    },
}
