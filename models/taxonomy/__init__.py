"""The code lists of the field: risk factors, units and their routing, escalation cues, stakeholder groups.

They ship as YAML beside this file (provenance in each file's head); :func:`taxonomy` reads them once.
"""

from models.taxonomy.load import Cue, Factor, Routing, Stakeholder, Taxonomy, Unit, taxonomy

__all__ = ["Cue", "Factor", "Routing", "Stakeholder", "Taxonomy", "Unit", "taxonomy"]
