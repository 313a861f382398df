"""Where was looked and where not (检索覆盖): windows and imports by kind of source, dates of stages."""

from pipeline.coverage.searched import KINDS, READ_FOR_FACTORS, Searched, searched
from pipeline.coverage.stages import StagePeriod, stage_periods

__all__ = ["KINDS", "READ_FOR_FACTORS", "Searched", "StagePeriod", "searched", "stage_periods"]
