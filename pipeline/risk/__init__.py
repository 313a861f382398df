"""Risk-point candidates (风险点候选): matter × factor → what an assessor is offered, with every word's evidence."""

from pipeline.risk.candidates import candidates_of, risk_point_id, speaks_of

__all__ = ["candidates_of", "risk_point_id", "speaks_of"]
