"""The tasks that can be measured, by the name the command line uses."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from pipeline.evaluation.figures import Figure, Pair
from pipeline.evaluation.grievances import grievance_figures, post_figures
from pipeline.evaluation.linking import linking_figures
from pipeline.evaluation.redaction import redaction_figures

TASKS: Final[dict[str, Callable[[Sequence[Pair]], list[Figure]]]] = {
    "grievances": grievance_figures,
    "weibo": post_figures,
    "linking": linking_figures,
    "redact": redaction_figures,
}
