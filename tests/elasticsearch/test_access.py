"""TLS, API keys and the shipped roles on a server with security: what each key may do, and what is said when it may not."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path

import numpy as np
import pytest
from elastic_servers import ElasticCluster, required
from elasticsearch import Elasticsearch

from index import Bucket, Deletion, IndexEntry, Search
from index.dense import VectorEntry
from index.dense.cluster import ElasticVectors
from index.elastic import ElasticIndex, ElasticSettings
from index.elastic.rebuild import rebuild
from index.errors import ClusterTrouble
from index.query import All, Text

PASSWORD = "for-tests-only"
LETTER = IndexEntry(id="d1", sequence=1, title="来信", body="采石场噪音")


def certificate(folder: Path) -> None:
    """A certificate for loopback that signs itself, with its key."""
    subject = ["-subj", "/CN=minyi tests", "-addext", "subjectAltName=IP:127.0.0.1"]
    made = ["-keyout", str(folder / "http.key"), "-out", str(folder / "http.crt")]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *subject, *made]
    subprocess.run(command, check=True, capture_output=True)


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ElasticCluster, Path]]:
    """A server with TLS and one superuser, and the certificate to trust."""
    required()
    folder = tmp_path_factory.mktemp("secrets")
    certificate(folder)
    salt = os.urandom(32)
    digest = hashlib.pbkdf2_hmac("sha512", PASSWORD.encode(), salt, 10_000, 32)
    hashed = f"{{PBKDF2}}10000${base64.b64encode(salt).decode()}${base64.b64encode(digest).decode()}"
    (folder / "users").write_text(f"operator:{hashed}\n")
    (folder / "users_roles").write_text("superuser:operator\n")
    (folder / "credentials").write_text(f"operator:{PASSWORD}")
    cluster = ElasticCluster(secure=folder)
    yield cluster, folder / "http.crt"
    cluster.stop()


@pytest.fixture(scope="module")
def keys(guarded: tuple[ElasticCluster, Path]) -> dict[str, ElasticSettings]:
    """Settings with a key of each shipped role, made by the operator."""
    cluster, trusted = guarded
    roles = json.loads(resources.files("index.elastic").joinpath("role.json").read_text(encoding="utf-8"))
    with Elasticsearch(cluster.urls[0], ca_certs=str(trusted), basic_auth=("operator", PASSWORD)) as operator:
        made = {
            name: operator.security.create_api_key(name=name, role_descriptors={name: role})["encoded"]
            for name, role in roles.items()
        }
    return {name: ElasticSettings(urls=cluster.urls, api_key=key, ca_certificate=trusted) for name, key in made.items()}


@pytest.mark.slow
def test_the_office_role_suffices_for_everything_that_minyi_does(keys: dict[str, ElasticSettings]) -> None:
    with ElasticIndex(keys["minyi_office"]) as index:
        assert index.write([LETTER]) == 1
        index.commit()
        assert index.search(Search(query=Text("噪音"), facets={"genre": 3}, origins=True)).total == 1
        rebuild(index.settings, lambda after: [LETTER] if after == 0 else [])
        assert index.verify().problems == ()
        assert index.delete(["d1"]) == 1
        index.remove()


@pytest.mark.slow
def test_the_office_role_suffices_in_months_with_withdrawals_and_meaning(keys: dict[str, ElasticSettings]) -> None:
    in_months = replace(keys["minyi_office"], partition="month")
    march, april = (replace(LETTER, published_at=datetime(2026, month, 5, tzinfo=UTC)) for month in (3, 4))
    north = np.array([1.0, 0.0], np.float32)
    with (
        ElasticIndex(in_months) as index,
        ElasticVectors(in_months, encoder="compass", dimensions=2) as vectors,
        ElasticIndex(replace(keys["minyi_reader"], partition="month")) as reader,
        ElasticVectors(keys["minyi_reader"], encoder="compass", dimensions=2) as reading,
    ):
        index.write([march])
        rebuild(index.settings, lambda after: [march, replace(LETTER, id="d2", sequence=2)] if after == 0 else [])
        index.write([replace(april, sequence=3)])
        index.commit()
        assert reader.search(Search(query=Text("噪音"), histogram="month")).histogram == (Bucket("2026-04-01", 1),)
        vectors.write([VectorEntry("d1", 3, north, b"1"), VectorEntry("d2", 2, north, b"2")])
        vectors.commit()
        assert [near.id for near in reading.nearest(north, 2)] == ["d1", "d2"]
        index.write([Deletion("d2", 4)])
        vectors.write([Deletion("d2", 4)])
        until = time.monotonic() + 300
        while not (index.vacuum() and vectors.vacuum()):
            assert time.monotonic() < until, "what was deleted is still there"
            time.sleep(2)
        assert reader.count(All()) == 1 and reading.verify().documents == 1
        vectors.rebuild(lambda after: [VectorEntry("d1", 3, north, b"1")] if after == 0 else [])
        with pytest.raises(ClusterTrouble, match=r"the key may not do this.*role\.json"):
            reading.write([Deletion("d1", 5)])
        vectors.remove()
        index.remove()


@pytest.mark.slow
def test_the_reader_role_searches_and_cannot_write(keys: dict[str, ElasticSettings]) -> None:
    with ElasticIndex(keys["minyi_office"]) as office, ElasticIndex(keys["minyi_reader"]) as reader:
        office.write([LETTER])
        office.commit()
        assert reader.search(Search(query=Text("噪音"))).total == 1
        assert reader.last_sequence() == 1
        with pytest.raises(ClusterTrouble, match=r"the key may not do this.*role\.json"):
            reader.write([replace(LETTER, sequence=2)])
        office.remove()


@pytest.mark.slow
def test_a_wrong_key_and_a_stranger_s_certificate_are_told_apart(
    keys: dict[str, ElasticSettings], tmp_path: Path
) -> None:
    wrong = base64.b64encode(b"nobody:nothing").decode()
    with pytest.raises(ClusterTrouble, match=r"the credentials were refused.*index_api_key"):
        ElasticIndex(replace(keys["minyi_office"], api_key=wrong))
    certificate(tmp_path)
    with pytest.raises(ClusterTrouble, match=r"no secure connection.*index_ca_certificate"):
        ElasticIndex(replace(keys["minyi_office"], ca_certificate=tmp_path / "http.crt"))


@pytest.mark.slow
def test_a_fingerprint_serves_as_well_as_the_file(
    keys: dict[str, ElasticSettings], guarded: tuple[ElasticCluster, Path]
) -> None:
    shown = subprocess.run(
        ["openssl", "x509", "-in", guarded[1], "-noout", "-fingerprint", "-sha256"],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    pinned = replace(keys["minyi_office"], ca_certificate=None, fingerprint=shown.stdout.strip().partition("=")[2])
    with ElasticIndex(pinned) as index:
        assert index.last_sequence() == 0
        index.remove()
