"""Negative evidence (未检出): what a search may have missed, measured with probes, and what a certificate stands on."""

from pipeline.certificates.ground import ground_of, question_of
from pipeline.certificates.held_out import held_out
from pipeline.certificates.miss import miss_of, probes_of
from pipeline.certificates.planting import Probe, ProbesUnusable, plant, shipped_probes

__all__ = [
    "Probe", "ProbesUnusable", "ground_of", "held_out", "miss_of", "plant", "probes_of", "question_of",
    "shipped_probes",
]  # fmt: skip
