"""The store as the rest of Minyi sees it: one object with every table's methods."""

from __future__ import annotations

from pipeline.store.account_sessions import AccountSessions
from pipeline.store.accounts import Accounts
from pipeline.store.alert_series import AlertSeries
from pipeline.store.aliases import Aliases
from pipeline.store.analyses import Analyses
from pipeline.store.answered_keys import AnsweredKeys
from pipeline.store.api_keys import ApiKeys
from pipeline.store.certificates import Certificates
from pipeline.store.changes import Changes
from pipeline.store.crawl import Crawl
from pipeline.store.decisions import Decisions
from pipeline.store.dispatches import Dispatches
from pipeline.store.documents import Documents
from pipeline.store.duty import Duty
from pipeline.store.figures import Figures
from pipeline.store.fingerprints import Fingerprints
from pipeline.store.handling import Handlings
from pipeline.store.hearing import Hearings
from pipeline.store.hourly import Hourly
from pipeline.store.incidents import Incidents
from pipeline.store.leases import Leases
from pipeline.store.matters import Matters
from pipeline.store.messages import Messages
from pipeline.store.meta import Meta
from pipeline.store.milestones import Milestones
from pipeline.store.outbox import Outbox
from pipeline.store.process_marks import ProcessMarks
from pipeline.store.projects import Projects
from pipeline.store.quarantine import Quarantine
from pipeline.store.queue import Queue
from pipeline.store.reanalysis import Reanalysis
from pipeline.store.risk_points import RiskPoints
from pipeline.store.saved_searches import SavedSearches
from pipeline.store.search_watches import SearchWatches
from pipeline.store.shares import Shares
from pipeline.store.snapshots import Snapshots
from pipeline.store.source_health import SourceHealth
from pipeline.store.source_states import SourceStates
from pipeline.store.standings import Standings
from pipeline.store.stated import StatedTexts
from pipeline.store.subscriptions import Subscriptions
from pipeline.store.validators import Validators
from pipeline.store.voices import Voices
from pipeline.store.wake import Wake
from pipeline.store.webhooks import Webhooks
from pipeline.store.window_queue import WindowQueue
from pipeline.store.workers import Workers


class Store(
    Documents,
    Fingerprints,
    Handlings,
    Voices,
    Hearings,
    Queue,
    Reanalysis,
    Workers,
    Wake,
    Analyses,
    StatedTexts,
    Outbox,
    Quarantine,
    Projects,
    Milestones,
    Aliases,
    RiskPoints,
    Matters,
    Decisions,
    Dispatches,
    ProcessMarks,
    Changes,
    Certificates,
    AnsweredKeys,
    Webhooks,
    Hourly,
    AlertSeries,
    Standings,
    Incidents,
    Duty,
    Subscriptions,
    Messages,
    Crawl,
    WindowQueue,
    Validators,
    SourceStates,
    SourceHealth,
    Leases,
    ApiKeys,
    Accounts,
    AccountSessions,
    SavedSearches,
    SearchWatches,
    Shares,
    Snapshots,
    Figures,
    Meta,
):
    """The system of record. Open it with ``Store.open(url)``; each method is one transaction.

    ``with store.transaction():`` makes one transaction of several calls. The audit trail is ``pipeline.audit``.
    """
