"""The hashed character n-gram model: linear heads for whole texts, one for clauses, and the calibrated stack on top.

``ngrams`` turns a text into hashes, ``weights`` keeps what was learnt, ``stack`` reads scores and lexicon signals
together, ``scorer`` does all of it for one text.
"""
