"""Voice tokens (发声者令牌): they tell whether two texts have one author, for one project and one period, and no more.

token = HMAC-SHA256(secret of the period, project ‖ platform ‖ author key), 128 bits (P-03). When the period is over
its secret is destroyed and the tokens become ordinals (P-04); after that nobody can tell which author was which.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple, Protocol

from pipeline import key_files
from pipeline.deployment_key import DeploymentKey, length_prefixed

DEFAULT_PERIOD_DAYS = 7
LONGEST_PERIOD_DAYS = 30
"""P-04; no setting goes beyond it (P-30)."""
TOKEN_BYTES = 16
PERIOD = re.compile(r"\d{8}-\d{1,2}d")
EPOCH = date(1970, 1, 1)
BEIJING = timedelta(hours=8)


@dataclass(frozen=True, slots=True)
class Voice:
    """The voice behind one document, as one project may count it. Its token shows in no representation."""

    document_id: str
    project_id: str
    period: str
    token: bytes = field(repr=False)


class VoiceToken(NamedTuple):
    """A token and the period in which it means something."""

    period: str
    value: bytes

    def __repr__(self) -> str:
        return f"<voice token of period {self.period}>"


class VoiceLedger(Protocol):
    """Where tokens are kept: the store."""

    def periods_with_tokens(self) -> tuple[str, ...]: ...

    def forget_tokens(self, period: str) -> int: ...


class VoiceKeys:
    """The secret of the running period, one file in a folder of its own; earlier secrets do not exist."""

    def __init__(
        self, folder: Path, period_days: int = DEFAULT_PERIOD_DAYS, clock: Callable[[], datetime] | None = None
    ) -> None:
        """Raises ValueError for a period longer than 30 days or shorter than one (P-04, P-30)."""
        if not 1 <= period_days <= LONGEST_PERIOD_DAYS:
            raise ValueError(f"E161: a voice period lasts 1 to {LONGEST_PERIOD_DAYS} days, not {period_days} (P-04)")
        self._folder = folder
        self._period_days = period_days
        self._clock = clock or (lambda: datetime.now(UTC))
        self._held: tuple[str, bytes] | None = None

    def period(self) -> str:
        """The running period: its first day in Beijing and its length, such as ``20260105-7d``."""
        day = (self._clock().astimezone(UTC) + BEIJING).date()
        first = day - timedelta(days=(day - EPOCH).days % self._period_days)
        return f"{first:%Y%m%d}-{self._period_days}d"

    def token(self, project_id: str, platform: str, author_key: str) -> VoiceToken:
        """The token of an author for one project on one platform in the running period."""
        period = self.period()
        message = length_prefixed(project_id, platform, author_key)
        return VoiceToken(period, hmac.new(self._secret(period), message, hashlib.sha256).digest()[:TOKEN_BYTES])

    def voice(self, document_id: str, project_id: str, platform: str, author_key: str) -> Voice:
        """The voice behind a document for one project, as the store keeps it."""
        period, token = self.token(project_id, platform, author_key)
        return Voice(document_id=document_id, project_id=project_id, period=period, token=token)

    def periods(self) -> tuple[str, ...]:
        """The periods whose secrets still exist, in order."""
        return tuple(sorted(path.stem for path in self._folder.glob("*.key") if PERIOD.fullmatch(path.stem)))

    def destroy_past(self) -> tuple[str, ...]:
        """Destroys every secret but the running one; returns their periods."""
        running = self.period()
        past = tuple(period for period in self.periods() if period != running)
        for period in past:
            key_files.destroy(self._path(period))
        if self._held is not None and self._held[0] != running:
            self._held = None
        return past

    def _secret(self, period: str) -> bytes:
        if self._held is None or self._held[0] != period:
            self._held = (period, key_files.read_or_create(self._path(period)))
        return self._held[1]

    def _path(self, period: str) -> Path:
        return self._folder / f"{period}.key"


def rotate(keys: VoiceKeys, ledger: VoiceLedger) -> tuple[str, ...]:
    """Ends all past periods: first their secrets, then their tokens; returns the periods whose tokens went.

    Call it at every start and once a day. Killed between the two steps, the next call finishes: a period that has
    tokens but is not the running one is always turned into ordinals.
    """
    keys.destroy_past()
    ended = tuple(period for period in ledger.periods_with_tokens() if period != keys.period())
    for period in ended:
        ledger.forget_tokens(period)
    return ended


__all__ = ["DeploymentKey", "Voice", "VoiceKeys", "VoiceLedger", "VoiceToken", "rotate"]
