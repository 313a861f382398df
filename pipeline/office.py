"""The office: one deployment with its store, keys and index, all under one data folder."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import Self

from index import SearchIndex
from models.transformer.chosen import choose
from pipeline.audit import AuditLog
from pipeline.coverage.imported import ImportsRead
from pipeline.deployment_key import DeploymentKey
from pipeline.intake import Intake, OtherText, Receipt
from pipeline.ledger import Ledgers
from pipeline.link import Linker
from pipeline.matters.waiting import Waiting
from pipeline.raw import RawItem
from pipeline.records import DecisionProject
from pipeline.search_engine import open_index
from pipeline.semantics import Semantics, SemanticsOff
from pipeline.settings import STORE_FILE, Settings, load_settings
from pipeline.store import Store, Upserted
from pipeline.timed_index import TimedIndex
from pipeline.voices import VoiceKeys, rotate


class OfficeMissing(FileNotFoundError):
    """E202: there is no data folder where one was expected."""


class Office:
    """Everything that belongs to one deployment; opened from its settings, closed when done."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        if settings.model_dir or settings.device != "cpu":
            choose(settings.model_dir, settings.device)
        self.store = Store.open(settings.store_url)
        self.audit = AuditLog(self.store)
        self.keys = DeploymentKey(settings.keys_folder)
        self.voice_keys = VoiceKeys(settings.keys_folder, settings.voice_period_days)

    @classmethod
    def open(cls, home: Path | None = None, *, create: bool = True) -> Self:
        """Opens the data folder. Raises OfficeMissing (E202) when it is not there and may not be created."""
        settings = load_settings(home)
        if not create and not is_office(settings):
            raise OfficeMissing(
                f"E202: no data folder {settings.home}; create it with: minyi init --home {settings.home}"
            )
        return cls(settings)

    @cached_property
    def index(self) -> SearchIndex:
        """The search index, opened when first asked for. Raises IndexUnusable with the command that rebuilds it."""
        return TimedIndex(open_index(self.settings))

    @cached_property
    def ledgers(self) -> Ledgers:
        """What is counted under k-anonymity, by project; in memory for as long as the office is open."""
        return Ledgers(self.index, self.store)

    @cached_property
    def imports_read(self) -> ImportsRead:
        """How far imports reach; in memory for as long as the office is open."""
        return ImportsRead(self.store)

    @cached_property
    def waiting(self) -> Waiting:
        """Which matters wait for an answer, by project; in memory for as long as the office is open."""
        return Waiting(self.store)

    @cached_property
    def semantics(self) -> Semantics:
        """Searching by meaning. Raises SemanticsOff (E231) where the setting ``semantic`` is off."""
        if not self.settings.semantic:
            raise SemanticsOff
        return Semantics(self.settings)

    def close(self) -> None:
        """Lets go of index and store."""
        if "semantics" in self.__dict__:
            self.semantics.close()
        if "index" in self.__dict__:
            self.index.close()
        self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def register(self, projects: Iterable[DecisionProject]) -> Upserted:
        """Adds or changes decision projects; texts are linked against a changed registry at the next work."""
        return self.store.upsert_projects(projects)

    def receive(
        self, items: Iterable[RawItem], receipt: Receipt | None = None, other_text: OtherText | None = None
    ) -> Receipt:
        """Takes raw items in; see :class:`pipeline.intake.Intake`."""
        return self.intake().receive(items, receipt, other_text)

    def intake(self) -> Intake:
        """The intake for the projects that are registered now. Ends past voice periods first (P-04)."""
        rotate(self.voice_keys, self.store)
        linker = Linker(self.store.projects(), threshold=self.settings.link_threshold)
        return Intake(self.store, self.keys, self.voice_keys, linker.candidates)


def is_office(settings: Settings) -> bool:
    """Whether the data folder is one: a folder that was mistyped is not turned into an office by a question."""
    return settings.home.is_dir() and (bool(settings.database_url) or (settings.home / STORE_FILE).exists())
