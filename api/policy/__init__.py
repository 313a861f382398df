"""Who may do what, for which purpose, in which stage; what may be quoted, and which numbers may be shown."""

from api.policy.access import Access, Denied, Reader, access
from api.policy.quoting import enough_voices, is_published, may_quote, quotes_of
from api.policy.suppression import OTHERS, Cell, Figure, Shown, enough, figure, suppress, withheld

__all__ = [
    "OTHERS", "Access", "Cell", "Denied", "Figure", "Reader", "Shown", "access", "enough", "enough_voices", "figure",
    "is_published", "may_quote", "quotes_of", "suppress", "withheld",
]  # fmt: skip
