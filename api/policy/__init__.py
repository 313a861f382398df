"""Who may do what, for which purpose, in which stage; what may be quoted, and which numbers may be shown."""

from api.policy.access import Access, Denied, Reader, access, concerns, holder
from api.policy.quoting import enough_voices, is_published, may_quote, quotes_of, trimmed
from api.policy.suppression import OTHERS, Cell, Figure, Shown, enough, figure, suppress, withheld

__all__ = [
    "OTHERS", "Access", "Cell", "Denied", "Figure", "Reader", "Shown", "access", "concerns", "enough",
    "enough_voices", "figure", "holder", "is_published", "may_quote", "quotes_of", "suppress", "trimmed", "withheld",
]  # fmt: skip
