"""The settings of a petition board with a JSON interface: its addresses, forums and the names of its fields."""

from __future__ import annotations

import string
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from crawlers.spiders.base import ParserSettings
from crawlers.spiders.petition.regions import OfRegion

_PLACEHOLDERS: Final = frozenset({"fid", "domain", "cursor", "page", "size"})
_PERSONAL: Final = frozenset({"ip", "phone", "mobile", "tel", "realName", "idCard", "address"})
"""Fields of such interfaces that no setting can name: they end unread (P-01)."""
FieldName = Annotated[str, Field(pattern=r"^[A-Za-z_]\w{0,60}$")]


class FieldNames(BaseModel):
    """What the interface calls the fields of a petition; the defaults are those of the leader message board."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: FieldName = "tid"
    forum: FieldName = "fid"
    title: FieldName = "subject"
    body: FieldName = "content"
    nickname: FieldName = "nickName"
    """Read for the voice token only, and where it names one person."""
    submitted: FieldName = "dateline"
    published: FieldName = "threadsCheckTime"
    domain: FieldName = "domainName"
    state: FieldName = "stateInfo"
    likes: FieldName = "favNum"
    reply_key: FieldName = "answerId"
    reply: FieldName = "answerContent"
    reply_date: FieldName = "answerDateline"
    reply_unit: FieldName = "answerOrganization"
    satisfaction: FieldName = "grade"
    satisfaction_attitude: FieldName = "gradeManner"
    satisfaction_speed: FieldName = "gradeSpeed"

    @field_validator("*")
    @classmethod
    def _no_person(cls, name: str) -> str:
        if name in _PERSONAL:
            raise ValueError(f"{name} holds personal data and is not read (P-01)")
        return name


class Forum(OfRegion):
    """One list of the board: a region's, or a leader's; its petitions belong to that region."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    fid: Annotated[str, Field(pattern=r"^\w{1,40}$")]
    """The board's number of the list."""


class PetitionParser(ParserSettings):
    """The ``[parser]`` table of a petition board. Addresses are relative to the source's first start address."""

    list: str
    """Address of the lists."""
    method: Literal["POST", "GET"] = "POST"
    form: dict[str, str] = Field(default={"fid": "{fid}", "state": "1", "lastItem": "{cursor}"})
    """Fields of a list request: {fid}, {domain}, {cursor} (key of the last row of the page before, at first 0), {page}
    and {size}."""
    page_size: Annotated[int, Field(ge=1, le=200)] = 10
    """Rows of a page, where the form asks for a number."""
    page_cap: Annotated[int, Field(ge=1, le=10_000)] = 500
    """Most pages of a list that the board shows."""
    rows: Annotated[str, Field(pattern=r"^\w+(\.\w+)*$")] = "responseData"
    """Where the rows stand in an answer, such as resultData.list."""
    forums: Annotated[tuple[Forum, ...], Field(min_length=1)]
    """The lists to read."""
    domains: tuple[str, ...] = ()
    """Fields of life (城建, 交通 …) whose petitions are taken; empty: all. With {domain} in the form each
    has its list."""
    detail: str = ""
    """Address of one petition as JSON: {key}; for boards whose lists do not hold the text. Empty: they do."""
    replies: str = ""
    """Address of the replies to a petition as JSON: {key}. Empty: the lists hold them."""
    page: str = ""
    """Public address of one petition: {key}; stored with it."""
    fields: FieldNames = FieldNames()

    @field_validator("form")
    @classmethod
    def _placeholders(cls, form: dict[str, str]) -> dict[str, str]:
        for key, template in form.items():
            for _, name, _, _ in string.Formatter().parse(template):
                if name is not None and name not in _PLACEHOLDERS:
                    raise ValueError(f"{key}: unknown placeholder {{{name}}}")
        written = "".join(form.values())
        if "{cursor}" not in written and "{page}" not in written:
            raise ValueError("needs the placeholder {cursor} or {page}: there is no way to the second page")
        return form

    @field_validator("detail", "replies", "page")
    @classmethod
    def _of_one(cls, template: str) -> str:
        if template and "{key}" not in template:
            raise ValueError("needs the placeholder {key}")
        return template
