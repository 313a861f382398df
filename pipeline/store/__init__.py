"""The store (系统记录): every document, analysis, project, voice, risk point and decision, in SQL.

SQLite (WAL) or PostgreSQL by URL, one code. Each method is one transaction; ``store.transaction()`` joins several.
One module a noun; the tables are in ``tables``, their history in ``pipeline.migrations``.
"""

from pipeline.store.account_sessions import Session
from pipeline.store.accounts import Account
from pipeline.store.alert_series import JudgedHour, Series
from pipeline.store.aliases import AliasAction, AliasState, Passage, ProposedAlias, StoredAlias
from pipeline.store.api_keys import ApiKey
from pipeline.store.certificates import StoredCertificate
from pipeline.store.crawl import CrawlWindow, CutReason, Imported, StatedImport
from pipeline.store.documents import Added
from pipeline.store.duty import SealedPointer
from pipeline.store.engine import StoreConflict, UnknownRecord
from pipeline.store.fingerprints import Fingerprint
from pipeline.store.hearing import Hearing
from pipeline.store.hourly import HourCount, SourceWindow
from pipeline.store.leases import LeaseLost
from pipeline.store.milestones import StoredMilestone
from pipeline.store.outbox import OutboxRow
from pipeline.store.process_marks import Mark
from pipeline.store.projects import Upserted
from pipeline.store.quarantine import Quarantined
from pipeline.store.risk_points import Replaced, RiskPointPage, StoredRiskPoint
from pipeline.store.saved_searches import SavedSearch
from pipeline.store.search_watches import SearchAlert, SearchWatch
from pipeline.store.source_health import IncidentKind, SourceCrawl, SourceIncident
from pipeline.store.source_states import SourceState
from pipeline.store.standings import JudgedDay, Standing
from pipeline.store.store import Store
from pipeline.store.validators import Validator
from pipeline.store.window_queue import QueuedWindow

__all__ = [
    "Account", "Added", "AliasAction", "AliasState", "ApiKey", "CrawlWindow", "CutReason", "Fingerprint", "Hearing",
    "HourCount", "Imported", "IncidentKind", "JudgedDay", "JudgedHour", "LeaseLost", "Mark", "OutboxRow", "Passage",
    "ProposedAlias", "Quarantined", "QueuedWindow", "Replaced", "RiskPointPage", "SavedSearch", "SealedPointer",
    "SearchAlert", "SearchWatch", "Series", "Session", "SourceCrawl", "SourceIncident", "SourceState", "SourceWindow",
    "Standing", "StatedImport",
    "Store", "StoreConflict", "StoredAlias", "StoredCertificate", "StoredMilestone", "StoredRiskPoint", "UnknownRecord",
    "Upserted", "Validator",
]  # fmt: skip
