"""The tasks that can be measured, by the name the command line uses."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.evaluation import articles, bias, entities, grievances, labels, linking, redaction, similarity
from pipeline.evaluation.layouts import polarity, stance
from pipeline.evaluation.measured import Measured
from pipeline.evaluation.pairs import Pair, Row


@dataclass(frozen=True)
class Task:
    """``measure`` on pairs, the ``main`` figures that slices show, and how a prediction is brought into shape."""

    name: str
    measure: Callable[[Sequence[Pair]], Measured]
    main: tuple[str, ...]
    said: Callable[[Row], Row] = dict


def _label_as(read: Callable[[object], str]) -> Callable[[Row], Row]:
    return lambda row: {**row, "label": read(row["label"])}


_ALL: Final = (
    Task(
        "grievance",
        grievances.petitions,
        (
            "factor micro-F1",
            "primary factor accuracy",
            "attitude accuracy",
            "is_grievance accuracy",
            "stakeholder accuracy",
            "escalation accuracy",
        ),
    ),
    Task(
        "weibo_grievance",
        grievances.posts,
        (
            "is_grievance F1",
            "factor micro-F1",
            "factor micro-F1, where about a grievance",
            "attitude accuracy",
            "genre accuracy",
        ),
    ),
    Task("domain", labels.domains, ("domain accuracy", "domain macro-F1"), _label_as(str)),
    Task("emotion", labels.emotions, ("emotion accuracy", "emotion macro-F1"), _label_as(str)),
    Task("polarity", labels.polarities, ("polarity accuracy", "polarity macro-F1"), _label_as(polarity)),
    Task(
        "stance",
        labels.stances,
        ("stance accuracy", "stance macro-F1", "stance F1 over FAVOR and AGAINST"),
        _label_as(stance),
    ),
    Task("ner", entities.entities, ("entity F1",)),
    Task("linking", linking.links, ("about-link F1", "correct abstention")),
    Task("redaction", redaction.redactions, ("spans found (recall)", "spans right (precision)")),
    Task("extraction", articles.articles, ("headline and text F1", "text alone F1")),
    Task("similarity", similarity.similarities, ("similarity ROC-AUC",)),
    Task("bias", bias.misses, tuple(bias.HEARD.values())),
)
TASKS: Final[dict[str, Task]] = {task.name: task for task in _ALL}
FORMER_NAMES: Final = {"grievances": "grievance", "weibo": "weibo_grievance", "redact": "redaction"}
"""Names by which tasks were called before; they still work."""
