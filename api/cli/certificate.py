"""``minyi certificate``: what was searched for and not found, as a signed record."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from api.cli.options import (
    clear_errors,
    home_option,
    json_option,
    opened,
    print_json,
    purpose_option,
    reader_of,
    role_option,
)

if TYPE_CHECKING:
    from api.certificate_desk import CertificateDesk, Standing
    from pipeline.records import Certificate, Probes

CHANGED_ZH = {"texts": "有新文本", "versions": "模型或词表已变", "found": "现已检出"}
EXAMPLES = """\b
Examples:
  minyi certificate qingtan-east-ring --factor electromagnetic_radiation --purpose risk_identification --out none.zip
  minyi certificate qingtan-east-ring --factor noise_vibration --query '噪声 OR 扰民' --purpose risk_identification
  minyi certificate qingtan-east-ring --list --purpose risk_identification
  minyi verify none.zip --signer FINGERPRINT"""


@click.command(name="certificate", epilog=EXAMPLES)
@click.argument("project", required=False)
@click.option("--factor", "factors", multiple=True, metavar="CODE", help="Risk factor that was looked for; repeatable.")
@click.option("--query", metavar="QUERY", help="A query (docs/QUERIES.md) beside the factors, or instead of them.")
@click.option(
    "--probes", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Your own probes (JSON lines: factor, source_kind, title, text) in place of those that ship.",
)  # fmt: skip
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="File to write; there must be none yet.")
@click.option(
    "--list", "listed", is_flag=True, help="List certificates, of PROJECT or of all, with what changed since."
)
@purpose_option
@role_option("assessor")
@home_option
@json_option
@clear_errors
def command(
    project: str | None, factors: tuple[str, ...], query: str | None, probes: Path | None, out: Path | None,
    listed: bool, purpose: str | None, role: str, home: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Certify that a search of the texts on PROJECT found nothing: sources and windows, queries, versions, the moment,
    and how likely a text is missed, measured with probes. Refused where something was found, or nothing was searched.

    The record is signed and kept; `minyi verify FILE` checks it without this office. It says nothing about what people
    think: silence is not consent."""
    from api.certificate_desk import CertificateDesk
    from index.query import parse
    from pipeline.certificates.planting import probes_in
    from pipeline.vocabulary import codes

    if listed:
        if factors or query or probes or out:
            raise click.UsageError("--list goes with PROJECT alone")
    elif project is None or not (factors or query):
        raise click.UsageError("name a project and --factor CODE or --query QUERY, or ask for --list")
    own = probes_in(probes) if probes else None
    asked = parse(query, codes()) if query else None
    with opened(home) as office:
        desk = CertificateDesk(office, reader_of(role))
        if listed:
            _list(desk, project, purpose, as_json)
            return
        assert project is not None
        if out is not None and out.exists():
            raise click.UsageError(f"--out: {out} is there already")
        issued = desk.issue(project, purpose, tuple(dict.fromkeys(factors)), asked, own)
        signer = desk.fingerprint()
    if out is not None:
        with out.open("xb") as file:
            file.write(issued.archive)
    if as_json:
        print_json({"certificate": issued.certificate, "file": None if out is None else str(out), "signer": signer})
        return
    _print(issued.certificate)
    click.echo(f"{out}: signed by {signer}" if out else f"signed by {signer}; write it to a file with --out")


def _list(desk: CertificateDesk, project: str | None, purpose: str | None, as_json: bool) -> None:
    found = desk.certificates(project, purpose) if project else desk.every_certificate(purpose)
    if as_json:
        print_json([
            {"certificate": one.certificate, "stands": one.stands, "changed": list(one.changed)} for one in found
        ])  # fmt: skip
        return
    for standing in found:
        click.echo(_line(standing))
    if not found:
        click.echo("No certificates yet. Next: minyi certificate --help")


def _line(standing: Standing) -> str:
    one = standing.certificate
    changed = "；".join(CHANGED_ZH[what] for what in standing.changed)
    return f"{one.id}  {one.project_id}  {one.as_of:%Y-%m-%d %H:%M} UTC  {_question(one)}  {changed or '依据未变'}"


def _question(certificate: Certificate) -> str:
    return " | ".join(certificate.asked)


def _print(certificate: Certificate) -> None:
    """What it says, in a few lines."""
    from models.taxonomy import taxonomy

    click.echo(f"未检出证明 {certificate.id}  {certificate.project_name}")
    click.echo(f"截至 {certificate.as_of:%Y-%m-%d %H:%M} UTC  检索：{_question(certificate)}")
    read = [window for window in certificate.windows if window.searched]
    cut = sum(window.state == "cut_short" for window in read)
    click.echo(
        f"查看本项目文本 {_count(certificate)} 件；检索时段 {len(read)} 段，其中截断 {cut} 段，"
        f"未读到 {len(certificate.windows) - len(read)} 段"
    )
    for miss in certificate.miss:
        name = taxonomy().factors[miss.factor].name_zh if miss.factor else "检索式"
        upper = "未知（没有探针）" if miss.upper is None else f"不超过 {miss.upper:.1%}（95%）"
        click.echo(f"漏检概率 {name}：{upper}；植入探针 {_probes(miss.planted)}；留出样本 {_probes(miss.held_out)}")
    click.echo("探针为虚构文本，留出样本先前已被检出，都不能代表真实文本。查无不等于无意见，沉默不等于同意 (P-24)。")


def _count(certificate: Certificate) -> str:
    told = certificate.texts_on_the_project
    if "less_than" in told:
        return f"<{told['less_than']}"
    return f"≥{told['at_least']}" if "at_least" in told else str(told["value"])


def _probes(probes: Probes | None) -> str:
    return "无" if probes is None else f"{probes.tried} 条中漏 {probes.missed} 条"
