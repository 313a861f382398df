"""The risk factors in force with their words and routing, and a bench on which a text or other words are tried."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from fastapi import Form, Path, Response
from pydantic import BaseModel, Field, StringConstraints

from api.console.fields import OrNone
from api.console.names import names
from api.console.paging import PageAsked, leaf
from api.console.rules import ConsoleRouter, Deployment
from api.console.visit import AtConsole, Visit
from api.desk import NotFound
from api.taxonomy_desk import NotTried, StoredTrial, TaxonomyDesk, Trial
from models.edited import Carried, Edited, Reading
from models.taxonomy import taxonomy

FACTORS: Final = 25
LONGEST: Final = 5000
"""Characters of a text that is tried."""
WORDS: Final = 300
WORD: Final = 30
CODE: Final = r"^[a-z][a-z0-9_]{1,63}$"
FactorCode = Annotated[str, Path(pattern=CODE)]
router = ConsoleRouter()


class Tried(BaseModel):
    """What is tried: a text, and for a factor other words or another threshold."""

    text: Annotated[str, StringConstraints(strip_whitespace=True)] = ""
    source_kind: Literal["petition", "weibo"] = "petition"
    factor: Annotated[Annotated[str, Field(pattern=CODE)] | None, OrNone] = None
    words: str = ""
    threshold: Annotated[Annotated[float, Field(ge=0.01, le=0.99)] | None, OrNone] = None

    @property
    def typed(self) -> tuple[str, ...]:
        """The words, one a line or between commas."""
        parts = self.words.replace("，", "\n").replace("、", "\n").replace(",", "\n").splitlines()
        return tuple(dict.fromkeys(word for part in parts if (word := part.strip())))

    @property
    def edited(self) -> Edited:
        """What differs from the profile in force."""
        changed = self.factor is not None and self.typed != taxonomy().factors[self.factor].triggers
        return Edited({self.factor: self.typed} if changed and self.factor else {}, self.threshold)


@router.page("/admin/taxonomy", rule=Deployment("taxonomy.read"))
def factors(visit: AtConsole, page: PageAsked = 1) -> Response:
    """A page of the factors, by category, and the bench."""
    found = visit.desk(TaxonomyDesk).profile(visit.general_purpose())
    ordered = [one for code in found.categories for one in found.factors.values() if one.category == code]
    listed = leaf(ordered, page, FACTORS, lambda n: f"/admin/taxonomy?page={n}")
    return visit.page(
        "admin/taxonomy.html",
        found=found,
        rows={code: [one for one in listed.rows if one.category == code] for code in found.categories},
        listed=listed,
        given=Tried(),
        errors={},
        **_names(visit),
    )


@router.page("/admin/taxonomy/{code}", rule=Deployment("taxonomy.read"))
def factor(visit: AtConsole, code: FactorCode) -> Response:
    """One factor: its words, which units it goes to, and the bench with its words to edit."""
    found = visit.desk(TaxonomyDesk).profile(visit.general_purpose())
    if code not in found.factors:
        raise NotFound(f"E311: no factor {code}")
    return visit.page(
        "admin/factor.html",
        found=found,
        one=found.factors[code],
        routing=found.routing.get(code),
        given=Tried(factor=code, words="\n".join(found.factors[code].triggers)),
        errors={},
        **_names(visit),
    )


@router.act("/admin/taxonomy/try", rule=Deployment("taxonomy.read"))
def attempt(visit: AtConsole, given: Annotated[Tried, Form()]) -> Response:
    """Reads the text and counts stored ones; neither the text nor the words are kept."""
    found, desk, purpose = taxonomy(), visit.desk(TaxonomyDesk), visit.general_purpose()
    if given.factor is not None and given.factor not in found.factors:
        raise NotFound(f"E311: no factor {given.factor}")
    errors = _errors(visit, given)
    trial: Trial | None = None
    stored: StoredTrial | None = None
    if not errors:
        try:
            trial = desk.try_text(purpose, given.text, given.edited, given.source_kind) if given.text else None
            stored = desk.try_stored(purpose, given.edited)
        except NotTried as refused:
            errors[refused.part] = (
                visit.gettext("词语中不能有人名、电话等个人信息。")
                if refused.part == "words"
                else visit.gettext("这段文字无法可靠脱敏，没有读取。请改短或删去个人信息后再试。")
            )
    return visit.page(
        "admin/trial.html",
        422 if errors else 200,
        found=found,
        one=found.factors.get(given.factor or ""),
        given=given.model_copy(update={"text": trial.text if trial else ""}),
        trial=trial,
        changes=_changes(trial.now, trial.then) if trial and trial.then else [],
        routing=_routing(trial),
        stored=stored,
        edited=given.edited,
        errors=errors,
        **_names(visit),
    )


def _errors(visit: Visit, given: Tried) -> dict[str, str]:
    errors = {}
    edited = given.edited
    if not given.text and not edited.triggers:
        errors["text"] = visit.gettext("请粘贴一段文字，或修改词语。")
    if len(given.text) > LONGEST:
        errors["text"] = visit.gettext("文字最长 %(n)s 字。", n=LONGEST)
    if edited.triggers and (len(given.typed) > WORDS or any(not 2 <= len(word) <= WORD for word in given.typed)):
        errors["words"] = visit.gettext("最多 %(n)s 个词语，每个 2 至 %(long)s 字，一行一个。", n=WORDS, long=WORD)
    return errors


def _changes(now: Reading, then: Reading) -> list[tuple[str, Carried | None, Carried | None]]:
    """Every factor of either reading, before and after, those that come or go first."""
    before, after = ({one.code: one for one in reading.carried} for reading in (now, then))
    rows = [(code, before.get(code), after.get(code)) for code in dict.fromkeys([*before, *after])]
    return sorted(rows, key=lambda row: row[1] is not None and row[2] is not None)


def _routing(trial: Trial | None) -> Any:
    primary = next((one.code for one in trial.now.carried if one.primary), None) if trial else None
    return taxonomy().routing.get(primary or "")


def _names(visit: Visit) -> dict[str, Any]:
    return {"factor_names": names("factors", visit.language), "unit_names": names("units", visit.language)}
