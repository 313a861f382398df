"""Counting under k-anonymity: what index and store say of a project's documents, side by side, in memory only."""

from pipeline.ledger.crowd import UNDATED, UNKNOWN, Crowd, Members, Numbers, Tally
from pipeline.ledger.ledger import STANCE, STANCES
from pipeline.ledger.ledgers import Ledgers

__all__ = ["STANCE", "STANCES", "UNDATED", "UNKNOWN", "Crowd", "Ledgers", "Members", "Numbers", "Tally"]
