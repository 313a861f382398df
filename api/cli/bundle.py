"""``minyi bundle``: a candidate with its evidence as a signed archive."""

from __future__ import annotations

from pathlib import Path

import click

from api.cli.options import clear_errors, home_option, json_option, opened, print_json, purpose_option, role_option

EXAMPLES = """\b
Examples:
  minyi bundle ID --out quarry-road.zip --purpose risk_identification
  minyi bundle --fingerprint
  minyi verify quarry-road.zip --signer FINGERPRINT"""


@click.command(epilog=EXAMPLES)
@click.argument("risk_point", required=False)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="File to write; there must be none yet.")
@click.option("--fingerprint", is_flag=True, help="Print the fingerprint of the signing key, for those who verify.")
@purpose_option
@role_option("assessor")
@home_option
@json_option
@clear_errors
def command(
    risk_point: str | None, out: Path | None, fingerprint: bool, purpose: str | None, role: str, home: Path | None,
    as_json: bool,
) -> None:  # fmt: skip
    """Write RISK_POINT with its passages, hashes, versions and audit head into a signed zip that anybody can verify.

    Quotes, numbers and groups are held back as on the card. The same candidate always gives the same bytes.
    """
    from api.bundle_desk import BundleDesk
    from api.cli.options import reader_of

    if not fingerprint and (risk_point is None or out is None):
        raise click.UsageError("name a risk point and --out FILE, or ask for --fingerprint")
    with opened(home) as office:
        desk = BundleDesk(office, reader_of(role))
        signer = desk.fingerprint()
        if risk_point is not None and out is not None:
            content = desk.bundle(risk_point, purpose)
            with out.open("xb") as file:
                file.write(content)
    if as_json:
        print_json({"file": None if out is None else str(out), "signer": signer})
        return
    click.echo(signer if out is None else f"{out}: signed by {signer}")
