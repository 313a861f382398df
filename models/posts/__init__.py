"""Posts and reports (微博、新闻) are not petitions: their anatomy, disguised words, hijacked hashtags, irony, denials.

``anatomy``, ``disguises``, ``hijacked``, ``irony`` and ``denials`` are spaCy components; ``unmasked`` lets the lexicon
read what disguised words say. :func:`models.posts.disguises.reading_copy` is the text for everything that matches or
classifies, with the way back to the original.
"""

BEFORE = ("anatomy", "disguises", "hijacked", "denials")
"""Components that run before the lexicon, in this order."""
AFTER = ("unmasked", "irony")
"""Components that run after it."""
MODULES = {"hijacked": "hashtags"}
"""The module of a component that is not called like it."""
