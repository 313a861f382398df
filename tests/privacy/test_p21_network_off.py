"""P-21: nothing leaves the deployment: the whole thread runs with the network taken away."""

from __future__ import annotations

import socket
from typing import Any, NoReturn

import pytest
from offices import TestOffice


class NetworkUsed(AssertionError):
    """Somebody tried to reach another machine."""


def test_import_analysis_index_and_candidates_need_no_network(
    office: TestOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*arguments: Any, **options: Any) -> NoReturn:
        raise NetworkUsed(f"{arguments[:2]}")

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    office.import_texts(["垃圾站太臭|小区门口的垃圾站天天散发恶臭，夏天不敢开窗，多次反映没人管，请求搬走。"])
    done = office.work()
    assert (done.analysed, done.quarantined, done.indexed) == (1, 0, 1)
