"""The desk for data sharing: contracts are concluded, shown, ended and used here, and every step is noted."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from api.desk import Desk, NotFound
from api.policy import access
from api.policy.shares import candidates_too, check_grant, check_use, levels_of, may_see, numbers_too
from api.policy.wording import ON_VOICES
from api.reportable import accepted_points, confirmed_points
from api.sharing import TABLES, Number, TableName, UseReport, numbers_of, points_of, report_of, weighed
from pipeline.records import DecisionProject, Purpose, Release, Role, Share, ShareForm, ShareLevel
from pipeline.records.share import ShareState, check_terms
from pipeline.redact import redact
from pipeline.shares import Month
from pipeline.store import StoreConflict
from pipeline.store.engine import lock

LIMITS: Final = (
    "来源有限：不上网、不写信的人群不在其中；未见不等于没有，沉默不等于同意。",
    "数量按不同声音数控制显示：“<k”为不足k个声音，“≥k”为不显示具体数（可由相减推出，或与贵单位此前所得合并可推出少数人）。",
    ON_VOICES,
    "内容仅限约定的用途使用，不得转交，不得用于识别、联系或追究任何反映人。",
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is taken under a contract: up to which level, which tables, of which days (None: of all)."""

    form: ShareForm
    level: ShareLevel | None = None
    tables: tuple[TableName, ...] = TABLES
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Contract:
    """A contract with the name of its project, and whether it can be used now or why not."""

    share: Share
    state: ShareState
    project_name: str

    @property
    def levels(self) -> tuple[ShareLevel, ...]:
        """What may be taken under it: all of its level, or less."""
        return levels_of(self.share)


@dataclass(frozen=True, slots=True)
class Use:
    """Somebody used a contract, or tried to and was refused: then nothing was given."""

    at: datetime
    who: str
    release: Release | None


@dataclass(frozen=True, slots=True)
class Given:
    """What was given out, and the note of it."""

    share: Share
    project: DecisionProject
    release: Release
    k: int
    numbers: tuple[Number, ...]
    points: tuple[dict[str, Any], ...]

    def as_json(self) -> dict[str, Any]:
        """As it leaves."""
        total = self.numbers[0].figure.as_json() if self.numbers else None
        tables: dict[str, list[dict[str, Any]]] = {}
        for one in self.numbers[1:]:
            tables.setdefault(one.table, []).append({"value": one.value, "count": one.figure.as_json()})
        return {
            "share_id": self.share.id, "release_id": self.release.id, "project_id": self.project.id,
            "project_name": self.project.name_zh, "level": self.release.level, "form": self.release.form,
            "purpose": self.share.purpose, "at": self.release.at, "k": self.k, "total": total,
            "tables": tables, "held_back": self.release.coarsened, "risk_points": list(self.points),
            "limits": list(LIMITS),
        }  # fmt: skip


class ShareDesk(Desk):
    """One reader before the data-sharing contracts of one office."""

    def grant(
        self,
        purpose: str | None,
        project_id: str,
        *,
        grantee: str,
        grantee_role: Role,
        grantee_unit: str,
        level: ShareLevel,
        form: ShareForm,
        share_purpose: Purpose,
        valid_until: datetime,
        basis: str,
        valid_from: datetime | None = None,
    ) -> Share:
        """Concludes a contract in the reader's name; the basis is redacted, since agreements name people.

        Raises NotFound, Denied, ShareRefused (E684, E686, E687), ValueError (E680) for terms that are none.
        """
        store = self._office.store
        share_id = f"s{uuid.uuid4().hex[:24]}"
        with self._asked("shares.grant", purpose, project_id, share_id):
            now = store.clock()
            check_terms(valid_from or now, valid_until, basis)
            share = Share(
                id=share_id, project_id=project_id, grantee=grantee, grantee_role=grantee_role,
                grantee_unit=grantee_unit, level=level, form=form, purpose=share_purpose,
                valid_from=valid_from or now, valid_until=valid_until, basis=redact(basis).text,
                granted_by=self._reader.who, granted_at=now,
            )  # fmt: skip
            check_grant(share, self._roles())
            store.add_share(share)
            return share

    def shares(self, purpose: str | None, project_id: str | None = None) -> list[Share]:
        """The contracts that the reader may know of: its own, and those of projects whose contracts it may read."""
        with self._refusals_noted("shares.read", project_id):
            granted = access().stated(self._reader, purpose)
        self._note("shares.read", granted, project_id if self._office.store.project(project_id or "") else None)
        return self._known(self._office.store.shares(project_id=project_id))

    def share(self, share_id: str, purpose: str | None) -> Share:
        """One contract. Raises NotFound or Denied."""
        with self._refusals_noted("shares.read"):
            granted = access().stated(self._reader, purpose)
            share = self._found(share_id)
        self._note("shares.read", granted, share.project_id, share.id)
        return share

    def contracts(self, purpose: str | None, project_id: str | None = None) -> list[Contract]:
        """The same as ``shares``: those that can be used first, then the newest first."""
        found = [self._contract(share) for share in self.shares(purpose, project_id)]
        found.sort(key=lambda one: (one.share.valid_from, one.share.id), reverse=True)
        return sorted(found, key=lambda one: one.state != "in_force")

    def contract(self, share_id: str, purpose: str | None) -> Contract:
        """The same as ``share``. Raises NotFound or Denied."""
        return self._contract(self.share(share_id, purpose))

    def grantable(self, purpose: str | None) -> list[DecisionProject]:
        """The projects on which the reader may conclude a contract now. Raises Denied."""
        return [one for one in self.projects(purpose) if access().allows(self._reader, "shares.grant", one)]

    def hands_over(self, share: Share) -> bool:
        """Whether the reader may take, for its grantee, what the contract allows."""
        return self._allowed("shares.grant", share)

    def revokes(self, share: Share) -> bool:
        """Whether the reader may end the contract."""
        return self._allowed("shares.revoke", share)

    def now(self) -> datetime:
        """The moment by which contracts are judged."""
        return self._office.store.clock()

    def revoke(self, share_id: str, purpose: str | None, reason: str) -> Share:
        """Ends a contract now. Raises NotFound, Denied, StoreConflict when it has ended already."""
        store = self._office.store
        with self._refusals_noted("shares.revoke"):
            access().stated(self._reader, purpose)
            share = self._found(share_id)
        with self._asked("shares.revoke", purpose, share.project_id, share.id):
            ended = share.model_copy(
                update={
                    "revoked_at": store.clock(), "revoked_by": self._reader.who,
                    "revoked_because": redact(reason).text,
                }
            )  # fmt: skip
            if not store.revoke_share(ended):
                raise StoreConflict(f"E152: the contract {share.id} was revoked before")
            return ended

    def use(self, share_id: str, purpose: str | None, asked: Asked, *, handed_over: bool = False) -> Given:
        """Gives out what the contract allows, and notes it: in the audit trail, and in the ledger what was told.

        ``handed_over``: the reader takes it for the grantee, to hand it over. Raises NotFound, ShareRefused.
        """
        store = self._office.store
        with self._refusals_noted("shares.use"):
            if purpose not in access().purposes:
                access().stated(self._reader, purpose)
            share = self._found(share_id)
        project = store.project(share.project_id)
        assert project is not None
        level = asked.level or share.level
        with self._refusals_noted("shares.use", project.id, share.id):
            check_use(
                share, self._reader, project, purpose=purpose, form=asked.form, level=level, now=store.clock(),
                handed_over=handed_over,
            )  # fmt: skip
        numbers: list[Number] = []
        if numbers_too(share):
            numbers = numbers_of(self._office, project.id, asked.tables, asked.since, asked.until)
        shared = accepted_points if candidates_too(share) else confirmed_points
        points = [] if level == "aggregates" else points_of(store, shared(store, project.id), self._k)
        with store.transaction() as connection:
            lock(connection, f"share:{project.id}:{share.grantee_unit}")
            held = store.held_by(project.id, share.grantee_unit)
            told = weighed(self._office, project.id, [*numbers, *(point.number for point in points)], held)
            release = self._release(share, asked.form, level, told, len(points))
            store.add_release(release, [(one.key, one.documents) for one in told if one.documents])
            self._note("shares.use", share.purpose, project.id, share.id)
        shown = [
            point.as_json(number, evidence=level == "evidence")
            for point, number in zip(points, told[len(numbers) :], strict=True)
        ]
        return Given(share, project, release, self._k, tuple(told[: len(numbers)]), tuple(shown))

    def history(self, share_id: str, purpose: str | None) -> list[Use]:
        """Who used a contract when and what was given, refused tries among them, the newest first.

        For those who may read the project's contracts and for its grantee. Raises NotFound or Denied.
        """
        share, store = self.share(share_id, purpose), self._office.store
        until = store.clock() + timedelta(seconds=1)
        given = [one for one in store.releases(share.granted_at, until) if one.share_id == share.id]
        tried = [one for one in store.share_uses(share.granted_at, until) if one.subject == share.id]
        uses = [Use(one.at, one.who, one) for one in given]
        uses += [Use(one.when, one.who, None) for one in tried if one.action == "shares.use.denied"]
        return sorted(uses, key=lambda use: use.at, reverse=True)

    def use_report(self, purpose: str | None, month: Month) -> UseReport:
        """How the contracts that the reader may read were used in a month. Raises Denied."""
        with self._refusals_noted("shares.read"):
            granted = access().stated(self._reader, purpose)
        self._note("shares.read", granted, None, f"report-{month.name}")
        return report_of(self._office.store, self._known(self._office.store.shares()), month)

    def _allowed(self, action: str, share: Share) -> bool:
        project = self._office.store.project(share.project_id)
        return project is not None and access().allows(self._reader, action, project)

    def _contract(self, share: Share) -> Contract:
        project = self._office.store.project(share.project_id)
        return Contract(
            share, share.state(self._office.store.clock()), project.name_zh if project else share.project_id
        )

    def _roles(self) -> dict[str, Role]:
        """The roles of those who sign in, and of the living keys, by name."""
        store = self._office.store
        roles = {account.name: account.role for account in store.accounts() if account.disabled_at is None}
        return {**roles, **{key.name: key.role for key in store.api_keys() if key.revoked_at is None}}

    def _release(
        self, share: Share, form: ShareForm, level: ShareLevel, told: Sequence[Number], rows: int
    ) -> Release:  # fmt: skip
        return Release(
            id=uuid.uuid4().hex, share_id=share.id, project_id=share.project_id, grantee_unit=share.grantee_unit,
            who=self._reader.who, at=self._office.store.clock(), form=form, level=level, rows=rows,
            told=sum(1 for one in told if one.documents), coarsened=sum(1 for one in told if one.held_back),
        )  # fmt: skip

    def _found(self, share_id: str) -> Share:
        """The contract; one that the reader may not know of is answered like one that does not exist."""
        share = self._office.store.share(share_id)
        if share is None or not self._known([share]):
            raise NotFound(f"E311: no contract {share_id}; see: minyi share list")
        return share

    def _known(self, shares: Sequence[Share]) -> list[Share]:
        projects = {project.id: project for project in self._office.store.projects()}
        return [share for share in shares if may_see(share, self._reader, projects.get(share.project_id))]
