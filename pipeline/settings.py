"""The settings of a deployment: ``minyi.toml`` in the data folder, overridden by ``MINYI_*`` variables.

No setting can weaken a privacy rule (P-30): bounds stand in the types, and limits may only be tightened.
"""

from __future__ import annotations

import ipaddress
import os
import tomllib
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SecretsSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from pipeline.rule_bounds import rule_of

SETTINGS_FILE = "minyi.toml"
HOLD_PASSWORDS = {("database_url",), ("index_url",), ("index_api_key",), ("oidc_client_secret",)}
STORE_FILE = "minyi.sqlite3"
CONTAINER_SECRETS = "/run/secrets"
"""Where containers find secrets; services where CREDENTIALS_DIRECTORY says. Files are named as variables."""
DEFAULT_HOME = Path("minyi-data")


ClockTime = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
IssuerAddress = Annotated[
    str, Field(pattern=r"^(https://[^\s@?#]+|http://(127\.0\.0\.1|localhost)(:\d+)?(/[^\s@?#]*)?)?$")
]
Rate = Annotated[float, Field(gt=0, le=4)]


def _network(named: str) -> str:
    ipaddress.ip_network(named)  # an address is the network of one
    return named


EVERYBODY = tuple(map(ipaddress.ip_network, ("0.0.0.0/0", "::ffff:0:0/96", "2000::/3")))
"""All of IPv4, the same as it looks on an IPv6 socket, and all of IPv6 that is given out."""


def _somebodys(named: tuple[str, ...]) -> tuple[str, ...]:
    """Networks that do not hold everybody, one by one or together: to believe them would be to believe whoever asks."""
    networks = list(map(ipaddress.ip_network, named))
    for everybody in EVERYBODY:
        of_its_kind = [network for network in networks if network.version == everybody.version]
        if any(everybody.subnet_of(whole) for whole in ipaddress.collapse_addresses(of_its_kind)):  # type: ignore[type-var,arg-type]
            raise ValueError(
                f"these networks hold all of {everybody}; name the proxies, or the network that they are in"
            )
    return named


Proxy = Annotated[str, AfterValidator(_network)]


class SettingsError(ValueError):
    """E201: a setting that does not exist or lies outside its bounds."""


class Settings(BaseSettings):
    """Everything that can be chosen; every field is documented in docs/SETTINGS.md."""

    model_config = SettingsConfigDict(env_prefix="MINYI_", extra="forbid", frozen=True)

    home: Path = DEFAULT_HOME
    """Data folder: store, index, keys. Nothing is written anywhere else."""
    database_url: str = ""
    """SQLAlchemy URL of the store; empty means SQLite in the data folder."""
    voice_period_days: Annotated[int, Field(ge=1, le=30)] = 7
    """Days after which the key of the voice tokens is destroyed (P-04: 30 at most)."""
    k_anonymity: Annotated[int, Field(ge=3)] = 5
    """Smallest number of distinct voices that is shown or quoted (P-06, P-07: 3 at least)."""
    processes: Annotated[int, Field(ge=1, le=64)] = os.cpu_count() or 1
    """Processes that analyse in parallel."""
    lease_seconds: Annotated[int, Field(ge=10, le=3600)] = 120
    """How long a claimed document belongs to one worker."""
    backfill_share: Annotated[float, Field(ge=0.05, le=0.9)] = 0.25
    """Share of what a worker reads that goes to back-fills and re-analysis while new texts wait."""
    queue_limit: Annotated[int, Field(ge=1000, le=100_000_000)] = 200_000
    """Texts that may wait to be read; beyond that imports slow down and crawls wait."""
    snapshot_days: Annotated[int, Field(ge=1, le=1825)] = 365
    """Days for which earlier moments of the candidates are kept, as spans and figures, for ``minyi diff``."""
    text_days: Annotated[int, Field(ge=1, le=730)] = 730
    """Days after which a text goes, counted from when it came in (P-11: two years at most)."""
    text_days_after_filing: Annotated[int, Field(ge=1, le=90)] = 90
    """Days after the filing of the report at which the texts of a project go (P-11: 90 at most)."""
    aggregate_days: Annotated[int, Field(ge=1, le=1825)] = 1825
    """Days for which hours, incidents, figures of crawls and releases are kept (P-11: five years at most)."""
    backup_days: Annotated[int, Field(ge=1, le=90)] = 35
    """Days after which ``minyi doctor`` asks to delete a backup: it holds texts that may be past their time."""
    link_threshold: Annotated[float, Field(ge=0.2, le=0.99)] = 0.5
    """Probability above which a text is taken to be about a project; below it the linker abstains."""
    index_url: Annotated[str, Field(pattern=r"^(https?://[^\s,]+(\s*,\s*https?://[^\s,]+)*)?$")] = ""
    """Addresses of Elasticsearch nodes, separated by commas; empty means the embedded engine in the data folder."""
    index_name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_.-]{0,99}$")] = "minyi"
    """Alias of the index on the cluster; its versions are called NAME-v0001 and so on."""
    index_api_key: SecretStr = SecretStr("")
    """API key for Elasticsearch; better given as a variable than in the file."""
    index_ca_certificate: Path | None = None
    """PEM file of the authority that signed the cluster's certificates, when the system does not know it."""
    index_shards: Annotated[int, Field(ge=1, le=1024)] = 1
    """Primary shards of an index that is built from now on: about one for 30 GB."""
    index_replicas: Annotated[int, Field(ge=0, le=9)] | None = None
    """Copies of every shard; without it one as soon as the cluster has a second node."""
    index_partition: Literal["none", "month"] = "none"
    """Whether an index on a cluster that is built from now on has a partition for every month of publication."""
    semantic: bool = False
    """Whether texts are encoded as vectors, for searches by meaning and for more like a passage."""
    encoder_folder: Path | None = None
    """Folder of another sentence encoder; without it the one that ships."""
    model_dir: Path | None = None
    """Folder of another transformer, of the layout of the one that ships; without it that one."""
    device: Literal["cpu", "cuda"] = "cpu"
    """What computes the transformer: ``cuda`` needs a GPU, the extra ``train`` and the folder of a training run."""
    duty_officer: Annotated[str, Field(pattern=r"^[\w.@\-]{0,64}$")] = ""
    """Who is told of life-safety cues on projects for which no officer is named (P-18): the name of a key."""
    alert_false_alarms: tuple[Rate, Rate, Rate, Rate] = (0.25, 0.05, 0.01, 0.001)
    """False alarms a project-month that blue, yellow, orange and red may cost."""
    digest_times: tuple[ClockTime, ClockTime] = ("08:00", "18:00")
    """When the morning's and the evening's digest of incidents are sent, in Asia/Shanghai."""
    notify_attempts: Annotated[int, Field(ge=3, le=100)] = 14
    """Tries until a message becomes a dead letter; they spread over about nine hours."""
    webhook_hosts: tuple[Annotated[str, Field(pattern=r"^[A-Za-z0-9.\-:]{1,253}$")], ...] = ()
    """Hosts that webhooks of other systems may go to; empty: none may (P-21)."""
    public_url: Annotated[str, Field(pattern=r"^(https?://[^\s@?#]+)?$")] = ""
    """Address under which people open incidents: messages link to PUBLIC_URL/incidents/ID. Empty: no links."""
    separate_reviewer: bool = False
    """Whether who confirms a risk point, or closes a dispatch, must be another person than its author."""
    routing_table: Path | None = None
    """YAML file with a city's own rows of the routing table and its own time limits; without it the national ones."""
    session_hours: Annotated[int, Field(ge=1, le=24)] = 12
    """Hours after which whoever is signed in to the console signs in again, whatever they do."""
    session_idle_minutes: Annotated[int, Field(ge=5, le=240)] = 60
    """Minutes without a request after which a session of the console ends."""
    upload_megabytes: Annotated[int, Field(ge=1, le=512)] = 50
    """Size of a spreadsheet that can be uploaded; it is kept in memory until it is redacted, never on disk (P-02)."""
    oidc_issuer: IssuerAddress = ""
    """Address of an OpenID Connect provider where the staff may sign on. Empty: with a password only."""
    oidc_client_id: Annotated[str, Field(max_length=200)] = ""
    """Under what name the provider knows this deployment."""
    oidc_client_secret: SecretStr = SecretStr("")
    """The deployment's secret at the provider; better given as a variable than in the file."""
    requests_per_minute: Annotated[int, Field(ge=10, le=100_000)] = 3000
    """Requests a minute that one API key may make of one process."""
    strangers_per_minute: Annotated[int, Field(ge=5, le=10_000)] = 120
    """Requests a minute that one address may make without a key that is known."""
    trusted_proxies: Annotated[tuple[Proxy, ...], AfterValidator(_somebodys)] = ("127.0.0.1", "::1")
    """Addresses or networks of proxies whose X-Forwarded-For is believed; of nobody else's."""
    log_format: Literal["text", "json"] = "text"
    """How the log of services is written: plain lines, or a JSON object a line."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """From which level on lines are logged; at no level does one hold a text (P-01)."""
    traces_endpoint: IssuerAddress = ""
    """Address of an OpenTelemetry collector (OTLP over HTTP); empty: no traces (P-21)."""
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 8080

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        home = Path(init_settings().get("home") or os.environ.get("MINYI_HOME") or DEFAULT_HOME)
        kept = [Path(named) for named in (os.environ.get("CREDENTIALS_DIRECTORY"), CONTAINER_SECRETS) if named]
        handed = SecretsSettingsSource(settings_cls, secrets_dir=[folder for folder in kept if folder.is_dir()])
        toml = TomlConfigSettingsSource(settings_cls, toml_file=home / SETTINGS_FILE)
        return init_settings, env_settings, handed, toml

    @property
    def store_url(self) -> str:
        """URL of the store that is in use."""
        return self.database_url or f"sqlite:///{(self.home / STORE_FILE).resolve()}"

    @property
    def index_folder(self) -> Path:
        return self.home / "index"

    @property
    def vectors_folder(self) -> Path:
        return self.home / "vectors"

    @property
    def keys_folder(self) -> Path:
        return self.home / "keys"


def load_settings(home: Path | None = None) -> Settings:
    """Settings of a data folder. Raises SettingsError (E201) naming the setting, its value and its bounds."""
    if unknown := sorted(name for name in os.environ if _is_no_setting(name)):
        raise SettingsError(f"E201: {', '.join(unknown)}: there is no such setting — see docs/SETTINGS.md")
    try:
        return Settings(home=home) if home else Settings()
    except ValidationError as error:
        lines = [f"{'.'.join(map(str, e['loc']))}: {e['msg']}{_found(e)}{_rule(e)}" for e in error.errors()]
        raise SettingsError("E201: " + "; ".join(lines) + f" — see docs/SETTINGS.md and {SETTINGS_FILE}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"E201: {SETTINGS_FILE} in the data folder is not TOML: {error}") from error


def _is_no_setting(variable: str) -> bool:
    """Whether a variable looks like a setting and is none: a misspelt limit must not seem to hold."""
    name = variable.lower()
    if name.startswith("minyi_test_"):  # names a server for the tests of this repository
        return False
    return name.startswith("minyi_") and name.removeprefix("minyi_") not in Settings.model_fields


def _found(error: ErrorDetails) -> str:
    """The value of a setting, unless it may hold a password: an address can, and so can what a misspelt name holds."""
    secret = error["type"] == "extra_forbidden" or error["loc"][:1] in HOLD_PASSWORDS
    return "" if secret else f" (found {error['input']!r})"


def _rule(error: ErrorDetails) -> str:
    return rule_of(str(error["loc"][0])) if error["loc"] else ""
