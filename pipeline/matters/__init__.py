"""Matters (事项): the grievances of one project about the same thing, with stable ids and a recorded history."""

from pipeline.matters.grouping import Matter, matters_of
from pipeline.matters.opinion import Opinion, concern_of, is_sealed, matter_id, site_of

__all__ = ["Matter", "Opinion", "concern_of", "is_sealed", "matter_id", "matters_of", "site_of"]
