"""The desk that hands out evidence bundles: what they hold passes the same suppression as every card (P-29)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from importlib.metadata import version
from typing import Any, Final

from api.answers import RiskPointCard
from api.cards import card_of
from api.desk import Desk
from api.policy import access, quotes_of
from api.policy.quoting import trimmed
from pipeline.bundle import signed_bundle
from pipeline.bundle.signed import canonical
from pipeline.records import Document, Evidence, RiskPointCandidate, beijing_day
from pipeline.signing import SigningKey, fingerprint
from pipeline.store import StoredRiskPoint

QUOTED: Final = ("quotes", "counter_quotes", "residue_quotes")
README: Final = """证据包 / Evidence bundle

candidate.json  风险点候选：因素、数量、趋势、缺口、状态。少于 k 个声音的数字、地点、群体和引文不显示 (P-06, P-07)。
passages.json   可引用的原文片段，句末略作删节 (P-08)，每段附 SHA-256；无来源链接、无作者信息。
decisions.json  具名人员的决定 (P-23)，不含理由原文。
manifest.json   各文件的 SHA-256、模型与词表版本、审计链锚点。
signature       对 manifest.json 的 Ed25519 签名；public_key 为公钥。

验证（无需联网）：minyi verify BUNDLE.zip --signer FINGERPRINT
The fingerprint of the signing key comes by another way, from: minyi bundle --fingerprint

候选不是结论，须由评估人员核实；没有听到的群体和来源见 gaps，沉默不等于同意 (P-24)。
"""


class NoBundle(ValueError):
    """E664: there is no bundle of a sealed candidate (P-14)."""


class BundleDesk(Desk):
    """One reader who takes evidence away; each bundle leaves an event of its own."""

    def bundle(self, risk_point_id: str, purpose: str | None) -> bytes:
        """The bundle of a candidate as a zip: the same candidate, texts and versions always give the same bytes.

        Raises NotFound, Denied, and NoBundle (E664) for a sealed candidate.
        """
        with self._asked_about("evidence.read", purpose, risk_point_id) as point:
            candidate = point.candidate
            assert candidate is not None
            if candidate.sealed:
                raise NoBundle(
                    "E664: a sealed candidate shows its category and time only; there is no bundle of it (P-14)"
                )
            bundle = signed_bundle(self._signing_key(), self._facts(point, candidate), self._files(point, candidate))
        self._note("evidence.bundle", access().stated(self._reader, purpose), point.project_id, point.id)
        return bundle

    def fingerprint(self) -> str:
        """The fingerprint of the key that signs, in hex: those who verify get it by another way than the bundle."""
        return fingerprint(self._signing_key().public)

    def _signing_key(self) -> SigningKey:
        return SigningKey(self._office.settings.keys_folder)

    def _facts(self, point: StoredRiskPoint, candidate: RiskPointCandidate) -> dict[str, Any]:
        """What the manifest says; the audit head is that of the candidate's last change, so that it stays the same."""
        head = self._office.audit.head_at(point.updated_at)
        return {
            "risk_point_id": point.id,
            "project_id": point.project_id,
            "state": candidate.state,
            "presence": point.presence,
            "updated_at": point.updated_at.isoformat(),
            "k_anonymity": self._k,
            "versions": {**candidate.versions.model_dump(), "minyi": version("minyi")},
            "audit_head": {"sequence": head.sequence, "hash": head.hash} if head else None,
        }

    def _files(self, point: StoredRiskPoint, candidate: RiskPointCandidate) -> dict[str, bytes]:
        card = RiskPointCard.model_validate(card_of(point, self._office.store, self._k)).model_dump(mode="json")
        for kind in QUOTED:
            for quote in card[kind]:
                quote["text"] = trimmed(quote["text"])
        card["title"] = card["title"] and trimmed(card["title"])
        decisions = [
            {"id": d.id, "action": d.action, "who": d.who, "when": d.when.isoformat(), "merge_into": d.merge_into}
            for d in self._office.store.decisions_on(point.id)
        ]
        return {
            "candidate.json": canonical(card),
            "passages.json": canonical({"rows": list(self._passages(candidate))}),
            "decisions.json": canonical({"rows": decisions}),
            "readme.txt": README.encode(),
        }

    def _passages(self, candidate: RiskPointCandidate) -> Iterator[dict[str, Any]]:
        """Every passage that may be quoted; below k voices these are official and published ones alone (P-07)."""
        passages: list[tuple[str, Evidence]] = [("for", passage) for passage in candidate.evidence]
        passages += [(passage.kind, passage) for passage in candidate.counter_evidence]
        passages += [("residue", passage) for passage in candidate.residues]
        documents = self._office.store.documents_by_id({passage.document_id for _, passage in passages})
        for kind, passage in passages:
            for quote in quotes_of((passage,), documents, candidate.counts, self._k, 1):
                document, text = documents[quote.document_id], trimmed(quote.text)
                yield {
                    "kind": kind,
                    "document_id": quote.document_id,
                    "start": quote.start,
                    "end": quote.end,
                    "text": text,
                    "sha256": hashlib.sha256(text.encode()).hexdigest(),
                    "source_kind": document.source_kind,
                    "genre": document.genre,
                    "published_on": beijing_day(document.published_at) if document.published_at else None,
                    "document_seal": self._seal(document),
                }

    def _seal(self, document: Document) -> str:
        """By this alone this deployment recognises the text: a hash without its key would let others guess at it."""
        return self._office.keys.stamp("bundle", document.id, document.content_hash)
