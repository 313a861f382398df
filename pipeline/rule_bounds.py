"""Why no setting can weaken a privacy rule (P-30): the rule that bounds it, or what it cannot touch.

A setting that stands in neither list is refused by a test, so that nobody adds one without saying which.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Bound(NamedTuple):
    """The rule that a setting could weaken, and how far it goes."""

    rule: str
    limit: str


BOUNDS: Final[dict[str, Bound]] = {
    "voice_period_days": Bound("P-04", "a period key lives 30 days at most"),
    "k_anonymity": Bound("P-06", "fewer than 3 voices are never shown"),
    "text_days": Bound("P-11", "texts are kept for two years at most"),
    "text_days_after_filing": Bound("P-11", "texts go 90 days after the report was filed at the latest"),
    "aggregate_days": Bound("P-11", "aggregates are kept for five years at most"),
    "snapshot_days": Bound("P-11", "aggregates are kept for five years at most"),
    "backup_days": Bound("P-11", "a copy holds texts no longer than the office may"),
    "duty_officer": Bound("P-18", "one named officer, by the name of a key"),
    "webhook_hosts": Bound("P-21", "nothing leaves for a host that is not named one by one; there is no wildcard"),
    "upload_megabytes": Bound("P-02", "an upload stays in memory until it is redacted"),
    "session_hours": Bound("P-10", "who acts is known: a sign-in ends after a day at most"),
    "session_idle_minutes": Bound("P-10", "who acts is known: an idle sign-in ends after four hours at most"),
    "oidc_issuer": Bound("P-21", "one provider that the operator names, over https or on this machine"),
    "trusted_proxies": Bound("P-10", "whose word for an address is believed is named, one network at a time"),
    "traces_endpoint": Bound("P-21", "one collector that the operator names; spans hold no text"),
    "log_format": Bound("P-01", "a line of the log holds no text in any format"),
    "log_level": Bound("P-01", "a line of the log holds no text at any level"),
    "public_url": Bound("P-08", "an address of the office itself, which no text and no number of a text can enter"),
}
"""Settings that touch a rule. Their bounds stand in the types; these words tell the operator whose they are."""

CANNOT_WEAKEN: Final[dict[str, str]] = {
    "home": "where the office lies; the same is written there wherever it is",
    "database_url": "which database holds what was redacted before",
    "processes": "how many read at once",
    "lease_seconds": "for how long one of them has a text",
    "backfill_share": "in which order texts are read",
    "queue_limit": "how many texts may wait",
    "requests_per_minute": "how often somebody may ask; what an answer holds stays bounded",
    "strangers_per_minute": "how often somebody without a key is refused",
    "link_threshold": "which project a text counts for; what is shown of it stays bounded",
    "index_url": "which search engine holds what was redacted before; none but the office asks it",
    "index_name": "a name",
    "index_api_key": "how the office is known to its search engine",
    "index_ca_certificate": "whom the office believes to be its search engine",
    "index_shards": "how the index is laid out",
    "index_replicas": "how the index is laid out",
    "index_partition": "how the index is laid out",
    "semantic": "whether redacted texts are also found by meaning, under the same bounds",
    "encoder_folder": "which model encodes redacted texts",
    "model_dir": "which model reads what was redacted; the redactor has the one that ships, whichever reads",
    "device": "what computes",
    "alert_false_alarms": "how often an alarm is false; what it shows stays bounded",
    "digest_times": "when people are told",
    "notify_attempts": "how often a message is tried",
    "separate_reviewer": "asks for a second person, never for fewer than one (P-23)",
    "routing_table": "which units are asked; its time limits may only be shorter than the regulation's",
    "oidc_client_id": "a name",
    "oidc_client_secret": "how the office is known to its provider",
    "host": "where the office listens; keys, roles and purposes are asked for everywhere",
    "port": "where the office listens",
}
"""Settings that no rule depends on, with the reason."""


def rule_of(setting: str) -> str:
    """How the refusal of a setting names its rule, or nothing where it has none."""
    bound = BOUNDS.get(setting)
    return f" [{bound.rule}: {bound.limit}]" if bound else ""
