"""The desk that certifies what was searched for and not found (未检出证明), signed and kept (P-24)."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC
from importlib.metadata import version
from typing import Final

import numpy as np

from api.counting import Facets, whole
from api.coverage_desk import CoverageDesk
from api.desk import NotFound
from api.finding import Beside, Finder
from api.once import Once
from api.policy import Denied, Figure, access, concerns, enough, figure
from index import Search
from index.query import And, Query, Term, parse, render
from models.taxonomy import taxonomy
from pipeline.bundle import CERTIFICATE, signed_bundle, unpacked
from pipeline.bundle.signed import canonical
from pipeline.certificates import (
    Probe,
    ground_of,
    held_out,
    miss_of,
    plant,
    probes_of,
    question_of,
    shipped_probes,
)
from pipeline.certificates.ground import changes_between
from pipeline.certificates.planting import of_factor
from pipeline.coverage import searched
from pipeline.records import Certificate, DecisionProject, MissProbability, SearchWindow, Versions
from pipeline.records.certificate import Limit
from pipeline.saved import is_kept_clean
from pipeline.signing import SigningKey, fingerprint
from pipeline.store import Store, StoredCertificate
from pipeline.versions import current_versions
from pipeline.vocabulary import codes

SEED: Final = 20260101
"""Which held-out texts are drawn; it stands in every certificate."""
MOST_FACTORS: Final = 10
README: Final = """未检出证明 / Certificate of a search that found nothing

certificate.json  检索了什么（因素、检索式）、在哪里（来源与时段）、截断与未读之处、模型与词表版本、截止时刻、
                  查看的文本数，以及用探针估计的漏检概率区间。漏检概率未知时写为 null，不写 0。
manifest.json     文件的 SHA-256；signature 为 Ed25519 签名；public_key 为公钥。

验证（无需联网）：minyi verify CERTIFICATE.zip --signer FINGERPRINT
The fingerprint of the signing key comes by another way, from: minyi bundle --fingerprint

本证明只说明截至该时刻、在所列范围内没有检出；不说明公众的意见，沉默不等于同意 (P-24)。
检举控告类文本不在检索之内 (P-14)。
"""


class CertificateRefused(ValueError):
    """E650, E651: something was found, or nothing was searched: there is nothing to certify.

    ``found`` says what: factor, None for the query, and how many texts as far as k voices allow.
    """

    def __init__(self, message: str, found: Sequence[tuple[str | None, Figure | None]] = ()) -> None:
        super().__init__(message)
        self.found = tuple(found)


class NotCertifiable(ValueError):
    """E652, E654: a question that no certificate is about."""


@dataclass(frozen=True)
class Issued:
    """A certificate, its archive, and whether it is new."""

    certificate: Certificate
    archive: bytes
    new: bool = True


@dataclass(frozen=True)
class Standing:
    """A certificate and what changed since: ``texts``, ``versions``, and ``found`` where the search now finds some."""

    certificate: Certificate
    changed: tuple[str, ...]

    @property
    def stands(self) -> bool:
        """Whether it would be issued the same way today."""
        return not self.changed


class CertificateDesk(CoverageDesk):
    """One reader who has silence certified, or reads what was certified."""

    def issue(
        self,
        project_id: str,
        purpose: str | None,
        factors: Sequence[str],
        query: Query | None = None,
        probes: Sequence[Probe] | None = None,
        once: Once | None = None,
    ) -> Issued:
        """Searches, measures with probes, signs and keeps. Takes seconds: the probes are read by the models.

        ``probes`` take the place of those that ship. Raises NotFound, Denied, NotCertifiable (E652, E654) for a
        question that none is about, CertificateRefused: E650 where something was found, E651 where nothing was
        searched.
        """
        with self._asked("certificates.issue", purpose, project_id) as project:
            pass  # the event stays when the certificate is refused: a refusal tells something too
        if once and (known := _answered(once, self._office.store)):
            return Issued(_opened(known), known.archive, new=False)
        _check(factors, query)
        question = question_of(factors, query)
        self._refuse_found(project, factors, query, question)
        windows = searched(self._office.store).windows
        if not any(window.searched for window in windows):
            raise CertificateRefused(
                "E651: nothing was searched: no window and no import is stored; read sources first"
            )
        miss = self._miss(project, factors, query, shipped_probes() if probes is None else probes)
        store = self._office.store

        def keep() -> str:
            self._refuse_found(project, factors, query, question)
            kept = self._signed(project, purpose, factors, query, windows, miss)
            store.add_certificate(kept)
            self._note("certificates.issued", access().stated(self._reader, purpose), project.id, kept.id)
            return kept.id

        with store.transaction():
            certificate_id, new = once.run(store, keep) if once else (keep(), True)
        kept = store.certificate(certificate_id)
        assert kept is not None
        return Issued(_opened(kept), kept.archive, new)

    def archive(self, project_id: str, certificate_id: str, purpose: str | None) -> bytes:
        """The signed archive of a certificate. Raises NotFound, and Denied (E303) where it counts texts of projects
        that are not the reader's."""
        with self._asked("certificates.read", purpose, project_id, certificate_id):
            kept = self._office.store.certificate(certificate_id)
            if kept is None or kept.project_id != project_id:
                raise NotFound(f"E311: no certificate {certificate_id} on the project {project_id}")
        if self._counts_elsewhere(_opened(kept)):
            with self._refusals_noted("certificates.read", project_id, certificate_id):
                raise Denied(
                    f"E303: the certificate counts texts of projects that are not among those of {self._reader.who}; "
                    "have one issued in your own name"
                )
        return kept.archive

    def certificates(
        self, project_id: str, purpose: str | None, *, offset: int = 0, limit: int | None = None
    ) -> list[Standing]:
        """The certificates on a project, the newest first, each with what changed since.

        With ``limit`` no more than so many, after ``offset`` others: only these are searched for again.
        """
        with self._asked("certificates.read", purpose, project_id) as project:
            kept = self._office.store.certificates_on(project_id)[offset:]
            shown = kept if limit is None else kept[:limit]
            ground = self._ground(project) if shown else ""
            return [self._standing(project, one, ground) for one in shown]

    def certificate(self, project_id: str, certificate_id: str, purpose: str | None) -> Standing:
        """One certificate with what changed since. Raises NotFound or Denied."""
        with self._asked("certificates.read", purpose, project_id, certificate_id) as project:
            kept = self._office.store.certificate(certificate_id)
            if kept is None or kept.project_id != project_id:
                raise NotFound(f"E311: no certificate {certificate_id} on the project {project_id}")
            return self._standing(project, kept, self._ground(project))

    def every_certificate(self, purpose: str | None) -> list[Standing]:
        """Those on all projects whose certificates the reader may see in their stages."""
        allowed = [p.id for p in self.projects(purpose) if access().allows(self._reader, "certificates.read", p)]
        return [standing for project_id in allowed for standing in self.certificates(project_id, purpose)]

    def fingerprint(self) -> str:
        """The fingerprint of the key that signs, in hex."""
        return fingerprint(self._signing_key().public)

    def _signing_key(self) -> SigningKey:
        return SigningKey(self._office.settings.keys_folder)

    def _refuse_found(
        self, project: DecisionProject, factors: Sequence[str], query: Query | None, question: Query
    ) -> None:
        """Raises CertificateRefused (E650) with how many texts there are, as far as k voices allow."""
        if not self._finds(project, question):
            return
        crowd = self._office.ledgers.crowd(project.id, _about(project))
        shown = {row.value: row.count for row in Facets(crowd, self._k).of("factor", 1000).rows}
        found: list[tuple[str | None, Figure | None]] = [
            (code, shown.get(code)) for code in factors if self._finds(project, Term("factors", (code,)))
        ]
        if query is not None and self._finds(project, query):
            found.append(
                (None, Finder(self._office.ledgers, project.id, self._k).find(Search(query=query), Beside()).total)
            )
        names = {code: f"{factor.name_zh} ({code})" for code, factor in taxonomy().factors.items()}
        told = [f"{names[code] if code else 'the query'}: {_told(count, self._k)}" for code, count in found]
        raise CertificateRefused(f"E650: not certified: something was found: {'; '.join(told)}", found)

    def _finds(self, project: DecisionProject, question: Query) -> bool:
        return self._office.index.count(And((_about(project), question))) > 0

    def _miss(
        self, project: DecisionProject, factors: Sequence[str], query: Query | None, probes: Sequence[Probe]
    ) -> tuple[MissProbability, ...]:
        """By factor; what a query alone is to find nobody knows, so its miss probability is unknown."""
        if not factors:
            return (miss_of(None, None, None),)
        index = self._office.index

        def by_words(document_id: str) -> bool:
            return query is not None and index.count(And((Term("id", (document_id,)), query))) > 0

        found, projects = [], [one.id for one in self._office.store.projects() if concerns(self._reader, one)]
        for code in factors:
            mine = of_factor(probes, code)
            again = plant(self._office, project, mine, question_of((code,), query)) if mine else ()
            confirmed = held_out(self._office, projects, code, SEED, by_words, enough)
            found.append(miss_of(code, confirmed, probes_of(len(again), len(again) - sum(again))))
        return tuple(found)

    def _signed(
        self, project: DecisionProject, purpose: str | None, factors: Sequence[str], query: Query | None,
        windows: tuple[SearchWindow, ...], miss: tuple[MissProbability, ...],
    ) -> StoredCertificate:  # fmt: skip
        store = self._office.store
        crowd = self._office.ledgers.crowd(project.id, _about(project))
        versions = self._versions()
        unread, outdated = self.unread(), store.outdated(versions)
        certificate = Certificate(
            id="n" + secrets.token_hex(12),
            project_id=project.id,
            project_name=project.name_zh,
            factors=tuple(factors),
            query=None if query is None else render(query),
            asked=tuple(render(part) for part in _parts(factors, query)),
            as_of=store.clock().astimezone(UTC),
            issued_by=self._reader.who,
            purpose=access().stated(self._reader, purpose),
            k_anonymity=self._k,
            texts_on_the_project=figure(whole(crowd), self._k).as_json(),
            unread=unread,
            set_aside=store.counts_by_state().get("quarantined", 0),
            outdated=outdated,
            windows=windows,
            versions=versions,
            program=f"minyi {version('minyi')}",
            seed=SEED,
            miss=miss,
            limits=_limits(windows, miss, unread, outdated),
        )
        content = signed_bundle(
            self._signing_key(),
            {"certificate_id": certificate.id, "project_id": project.id, "as_of": certificate.as_of.isoformat()},
            {"certificate.json": canonical(certificate.model_dump(mode="json")), "readme.txt": README.encode()},
            CERTIFICATE,
        )
        return StoredCertificate(certificate.id, project.id, certificate.as_of, self._ground(project), content)

    def _versions(self) -> Versions:
        return current_versions(self._office.store.projects(), self._office.settings.link_threshold)

    def _ground(self, project: DecisionProject) -> str:
        crowd = self._office.ledgers.crowd(project.id, _about(project))
        return ground_of(crowd.ids(np.arange(len(crowd))), self._versions())

    def _standing(self, project: DecisionProject, kept: StoredCertificate, ground: str) -> Standing:
        certificate = _opened(kept)
        changed = changes_between(kept.ground, ground)
        if self._finds(project, question_of(certificate.factors, _query(certificate))):
            changed = (*changed, "found")
        return Standing(self._told(certificate), changed)

    def _counts_elsewhere(self, certificate: Certificate) -> bool:
        """Whether texts of projects are counted that the reader may not see: those of whoever issued it are."""
        reader = self._reader
        bound = reader.project_ids is not None or reader.region_code is not None
        return bound and certificate.issued_by != reader.who and any(one.held_out for one in certificate.miss)

    def _told(self, certificate: Certificate) -> Certificate:
        """The certificate, for a reader of some projects without what was counted on others."""
        if not self._counts_elsewhere(certificate):
            return certificate
        miss = tuple(miss_of(one.factor, None, one.planted) for one in certificate.miss)
        limits: list[Limit] = [one for one in certificate.limits if one != "held_out_were_found_before"]
        if "miss_unknown" not in limits and any(one.upper is None for one in miss):
            limits.append("miss_unknown")
        return certificate.model_copy(update={"miss": miss, "limits": tuple(limits)})


class _NotYet(Exception):
    """The request was never answered."""


def _answered(once: Once, store: Store) -> StoredCertificate | None:
    """The certificate that this very request was answered with."""

    def unanswered() -> str:
        raise _NotYet

    try:
        return store.certificate(once.run(store, unanswered)[0])
    except _NotYet:
        return None


def _query(certificate: Certificate) -> Query | None:
    return None if certificate.query is None else parse(certificate.query, codes())


def _check(factors: Sequence[str], query: Query | None) -> None:
    """Raises NotCertifiable for no question, too many, a confidential factor, or personal data in a query."""
    if not factors and query is None:
        raise NotCertifiable("E652: name a factor, or give a query; see: minyi certificate --help")
    if len(factors) > MOST_FACTORS:
        raise NotCertifiable(f"E652: a certificate is about {MOST_FACTORS} factors at most")
    known = taxonomy().factors
    for code in factors:
        if code not in known:
            raise NotCertifiable(f"E652: {code!r} is no risk factor; see models/taxonomy/risk_factors.yaml")
        if known[code].confidential:
            raise NotCertifiable("E652: sealed texts are not searched, so nothing is certified about them (P-14)")
    if query is not None and not is_kept_clean(query):
        raise NotCertifiable(
            "E654: the query holds what looks like personal data, which is never stored (P-02): ask without it"
        )


def _parts(factors: Sequence[str], query: Query | None) -> list[Query]:
    parts: list[Query] = [Term("factors", (code,)) for code in factors]
    return parts if query is None else [*parts, query]


def _limits(
    windows: Sequence[SearchWindow], miss: Sequence[MissProbability], unread: int, outdated: int
) -> tuple[Limit, ...]:
    states = {window.state for window in windows}
    known: list[tuple[bool, Limit]] = [
        (True, "silence_is_not_consent"),
        (True, "sealed_not_searched"),
        ("cut_short" in states, "cut_short"),
        (bool(states & {"not_read", "waiting"}), "not_read"),
        ("unknown" in states, "imports_may_be_partial"),
        (unread > 0, "unread_texts"),
        (outdated > 0, "read_by_other_versions"),
        (any(one.planted for one in miss), "probes_are_invented"),
        (any(one.held_out for one in miss), "held_out_were_found_before"),
        (any(one.upper is None for one in miss), "miss_unknown"),
    ]
    return tuple(limit for holds, limit in known if holds)


def _about(project: DecisionProject) -> Query:
    return Term("project_ids", (project.id,))


def _told(count: Figure | None, k: int) -> str:
    """How many texts; where no number may be told, that there are some."""
    return "some texts" if count is None else f"{count} voices" if count.form == "less_than" else f"{count} texts"


def _opened(kept: StoredCertificate) -> Certificate:
    return Certificate.model_validate(json.loads(unpacked(kept.archive)["certificate.json"]))
