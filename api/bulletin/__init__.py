"""The weekly bulletin (周通报): what it says (``content``), and how it is set (``html``, ``docx``)."""

from api.bulletin.content import Bulletin, bulletin_of
from api.bulletin.week import Week

__all__ = ["Bulletin", "Week", "bulletin_of"]
