"""Risk-point candidates (风险点候选): matter × factor → what an assessor is offered, with every word's evidence."""

from pipeline.risk.candidates import candidates_of, grievances_among, risk_point_id, speaks_of
from pipeline.risk.ground import Ground

__all__ = ["Ground", "candidates_of", "grievances_among", "risk_point_id", "speaks_of"]
