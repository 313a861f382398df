"""Stance (立场): what a text wants of a project – oppose, conditional, neutral, support – apart from its attitude."""

from pipeline.stance.reading import PairHead, Stance, StanceReader

__all__ = ["PairHead", "Stance", "StanceReader"]
