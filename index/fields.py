"""The fields a document can be filtered, counted and sorted by. None of them names a person, and none may (P-05)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from index.errors import QueryError

Kind = Literal["keyword", "flag", "region", "number", "time"]


@dataclass(frozen=True, slots=True)
class IndexField:
    """One field: its kind decides which values it takes, ``facet`` whether documents are counted by it."""

    name: str
    kind: Kind
    meaning: str
    facet: bool = True


FIELDS: Final[dict[str, IndexField]] = {
    field.name: field
    for field in (
        IndexField("id", "keyword", "document id", facet=False),
        IndexField("source_kind", "keyword", "kind of source: news, weibo, petition, hotline, notice, survey"),
        IndexField("source", "keyword", "the source: a site, an office, a platform; never an account"),
        IndexField("genre", "keyword", "petition, post, news, reply, notice, comment"),
        IndexField("attitude", "keyword", "negative, neutral, positive"),
        IndexField("is_grievance", "flag", "whether the text carries a grievance (诉求)"),
        IndexField("factors", "keyword", "codes of risk factors (风险因素)"),
        IndexField("categories", "keyword", "codes of factor categories"),
        IndexField("stakeholder_groups", "keyword", "codes of stakeholder groups (利益相关方)"),
        IndexField("escalation", "number", "level of escalation cues, 0 to 5"),
        IndexField("places", "keyword", "names of places in the text"),
        IndexField("region_codes", "region", "administrative regions with everything above them (区划)"),
        IndexField("project_ids", "keyword", "decision projects the text is about"),
        IndexField("project_mentions", "keyword", "decision projects the text only mentions"),
        IndexField("origin_id", "keyword", "first copy of the near-duplicates", facet=False),
        IndexField("is_origin", "flag", "whether this is the first copy"),
        IndexField("published_at", "time", "when it was published", facet=False),
    )
}
PERSON_WORDS: Final = frozenset(
    {"author", "author_id", "user", "user_id", "username", "nickname", "handle", "account", "poster"}
    | {"voice", "voices", "token", "name", "phone", "作者", "用户", "用户名", "昵称", "网名", "账号", "账户", "博主"}
    | {"发帖人", "发布人", "来信人", "信访人", "举报人", "投诉人", "姓名", "电话", "手机", "手机号"}
)
"""Names under which people ask for persons; they are refused with the rule, not as a typing error."""


def field_named(name: str, position: int | None = None) -> IndexField:
    """The field of that name. Raises QueryError for an unknown one, with the rule P-05 when a person was asked for."""
    if name in FIELDS:
        return FIELDS[name]
    if name.lower() in PERSON_WORDS:
        raise QueryError(
            f"there is no field {name!r}: documents cannot be searched, counted or sorted by person (P-05)",
            position=position,
        )
    raise QueryError(f"there is no field {name!r}", position=position, expected=f"one of {', '.join(FIELDS)}")


def region_path(code: str) -> tuple[str, ...]:
    """A region with everything above it: ``330106009`` gives 33, 3301, 330106 and itself; ``a/b`` gives a, a/b.

    Trailing zeros of administrative codes are levels left open: ``330100`` is the city 3301.
    """
    if not code.isascii() or not code.isdigit():
        parts = code.split("/")
        return tuple("/".join(parts[: i + 1]) for i in range(len(parts)))
    levels = [code[:end] for end in (2, 4, 6, 9, 12) if end <= len(code)]
    if not levels or levels[-1] != code:
        levels.append(code)
    starts = [0, *map(len, levels[:-1])]
    stated = [level for level, start in zip(levels, starts, strict=True) if level[start:].strip("0")]
    return tuple(stated) or (code,)
