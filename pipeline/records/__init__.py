"""The records (DESIGN: Records): frozen values whose validators refuse what must not exist.

Offsets everywhere count Unicode code points in ``document.text`` = redacted title, line feed, redacted body.
"""

from pipeline.records.analysis import (
    Affected,
    Analysis,
    Entity,
    Escalation,
    EscalationCue,
    FactorFinding,
    Grievance,
    ProcedureFlag,
    ProjectLink,
    ProposedUnits,
    RemedyDemanded,
    Since,
    StakeholderGroup,
    Stance,
    UnitNamed,
)
from pipeline.records.base import Interval, Judgement, Record, Span, Versions, beijing_day
from pipeline.records.certificate import Certificate, MissProbability, Probes, SearchWindow
from pipeline.records.dispatch import DispatchProposal
from pipeline.records.document import Document, DocumentGenre, SourceKind
from pipeline.records.evidence import Evidence, EvidenceError, Quote
from pipeline.records.governance import AuditEvent, Decision, Purpose, Role
from pipeline.records.incident import Incident, IncidentEvent, IncidentNote
from pipeline.records.matter import MatterEvent, MatterSheet
from pipeline.records.project import DecisionProject, Milestone
from pipeline.records.risk import (
    AffectedRange,
    CounterEvidence,
    Counts,
    Gap,
    RangesForDiscussion,
    Reason,
    RiskPointCandidate,
)
from pipeline.records.share import Release, ReleasedNumber, Share, ShareForm, ShareLevel

__all__ = [
    "Affected", "AffectedRange", "Analysis", "AuditEvent", "Certificate", "CounterEvidence", "Counts", "Decision",
    "DecisionProject", "DispatchProposal", "Document", "DocumentGenre", "Entity", "Escalation", "EscalationCue",
    "Evidence", "EvidenceError", "FactorFinding", "Gap", "Grievance", "Incident", "IncidentEvent", "IncidentNote",
    "Interval", "Judgement", "MatterEvent", "MatterSheet", "Milestone",
    "MissProbability", "Probes", "ProcedureFlag", "ProjectLink", "ProposedUnits", "Purpose", "Quote",
    "RangesForDiscussion", "Reason", "Record", "Release", "ReleasedNumber", "RemedyDemanded", "RiskPointCandidate",
    "Role", "SearchWindow", "Share", "ShareForm", "ShareLevel", "Since", "SourceKind", "Span", "StakeholderGroup",
    "Stance", "UnitNamed", "Versions", "beijing_day",
]  # fmt: skip
