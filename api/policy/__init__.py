"""Who may do what, for which purpose, in which stage; and what may be quoted."""

from api.policy.access import Access, Denied, Reader, access
from api.policy.quoting import enough_voices, may_quote, quotes_of

__all__ = ["Access", "Denied", "Reader", "access", "enough_voices", "may_quote", "quotes_of"]
