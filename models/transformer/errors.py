"""What can be wrong with a model folder. One that is not there is a case of its own: the rules read on without it."""

from __future__ import annotations


class ModelError(RuntimeError):
    """E212: the folder of a transformer is missing, damaged, or cannot serve what is asked of it."""


class ModelMissing(ModelError):
    """E212: there is no folder where the transformer should lie."""
