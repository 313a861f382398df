"""What a unit may still be told: each number is weighed against all that the unit has been given (differencing)."""

from pipeline.shares.differencing import admitted
from pipeline.shares.months import Month

__all__ = ["Month", "admitted"]
