"""Petition boards (网上信访、领导留言板): petitions with their official replies, handling status and grades.

``spider`` reads boards with a JSON interface (``rows`` their layout), ``page_board`` boards of plain pages that a
source file describes by selectors; ``handling`` and ``regions`` hold what both say about a petition, ``text`` what a
page shows.
"""
