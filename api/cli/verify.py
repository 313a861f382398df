"""``minyi verify``: whether store, index and evidence agree, or whether a bundle or certificate is what was signed."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from api.cli.options import clear_errors, home_option, json_option, opened, print_json

if TYPE_CHECKING:
    from collections.abc import Iterable

    from api.findings import Finding


EXAMPLES = """\b
Examples:
  minyi verify --json
  minyi verify bundle.zip --signer FINGERPRINT
  minyi verify certificate.zip --signer FINGERPRINT"""


@click.command(epilog=EXAMPLES)
@click.argument("bundle", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--signer", help="Fingerprint that the key of BUNDLE must have; the issuer tells it by another way.")
@home_option
@json_option
@clear_errors
def command(bundle: Path | None, signer: str | None, home: Path | None, as_json: bool) -> None:
    """Check that store, index, evidence, voices and audit trail agree; exit with 1 and what to do where they do not.

    Run it while no other minyi process works: what comes in meanwhile may show as behind. With BUNDLE, an evidence
    bundle or a certificate is verified instead, without any data folder or network: one changed byte fails it.
    """
    if bundle is not None:
        show(_of_bundle(bundle, signer), as_json)
        return
    if signer is not None:
        raise click.UsageError("--signer goes with a bundle")
    from api.agreement import agreement

    with opened(home) as office:
        show(agreement(office), as_json)


def _of_bundle(bundle: Path, signer: str | None) -> Iterable[Finding]:
    """What an archive is worth: whole, signed, and by whom."""
    from api.findings import Finding
    from pipeline.bundle import verify_bundle

    verified = verify_bundle(bundle.read_bytes(), signer)
    manifest = verified.manifest
    certificate = manifest.get("certificate_id")
    about = manifest.get("risk_point_id", "unknown")
    what = f"certificate {certificate}" if certificate else f"bundle of {about}"
    advice = "do not rely on it; ask the issuer for the file again"
    yield Finding.of(f"{what} is whole and signed", verified.files, verified.problems, advice)
    if verified.ok and certificate:
        click.echo(f"as of {manifest['as_of']}: what came later was not searched", err=True)
    if verified.ok and signer is None:
        click.echo(f"signed by {verified.signer}: compare it with the fingerprint that the issuer gave you", err=True)


def show(findings: Iterable[Finding], as_json: bool) -> None:
    """Prints findings as they come (as JSON: all together); exits with 1 when one is a problem."""
    shown = []
    for finding in findings:
        shown.append(finding)
        if not as_json:
            click.echo(finding.line())
    ok = all(finding.ok for finding in shown)
    if as_json:
        print_json({"ok": ok, "findings": [{"ok": finding.ok, **asdict(finding)} for finding in shown]})
    if not ok:
        raise SystemExit(1)
