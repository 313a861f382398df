"""Lexicon components: one file a concept, one registered spaCy factory each, everything found is a span on the Doc.

They read the code lists of ``models/taxonomy`` and their own word lists (``*.yaml`` here); ``demands``, ``affected``
and ``since`` choose among candidates by the weights in ``ranking.json``.
"""

COMPONENTS = (
    "factors",
    "stakeholders",
    "demands",
    "remedies",
    "affected",
    "since",
    "procedure",
    "channels",
    "escalation",
)
"""Names of the factories in the order in which they run; importing models.lexicon.components registers them."""
