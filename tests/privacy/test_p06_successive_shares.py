"""P-06 over time: somebody who may ask again and again, each time for one text more, still finds nobody."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from county import COMPENSATION, CountyOffice
from letters import MONDAY
from opinions import opinion

from api.policy import Reader
from api.share_desk import Asked, ShareDesk

FIRST = (MONDAY + timedelta(days=20)).date()
K = 5


def test_pairs_of_questions_that_differ_by_one_text_are_not_both_answered(county: CountyOffice):
    """One text a day for thirty days. The attacker asks for all days up to one, to the next, to the next."""
    county.hear(*(
        opinion(f"第{n}户的山林补偿标准没有评估，编号己{n}。", (COMPENSATION, "补偿标准", 0.9), number=n, day=20 + n)
        for n in range(30)
    ))  # fmt: skip
    officer = ShareDesk(county.office, Reader("officer", "supervisor"))
    share = officer.grant(
        "supervision", "quarry-road", grantee="county-data", grantee_role="platform", grantee_unit="data-bureau",
        level="aggregates", form="api", share_purpose="supervision", basis="协议一",
        valid_until=county.store.clock() + timedelta(days=9),
    )  # fmt: skip
    attacker = ShareDesk(county.office, Reader("county-data", "platform"))

    def total_until(day: date) -> int | None:
        given = attacker.use(share.id, "supervision", Asked("api", tables=("source_kind",), until=day))
        figure = given.numbers[0].figure
        return figure.number if figure.form == "exact" else None

    days = [FIRST + timedelta(days=n) for n in range(5, 22)]
    told = {day: total_until(day) for day in days}
    numbers = [number for number in told.values() if number is not None]
    assert len(numbers) >= 3
    assert all(b == a or b - a >= K for a, b in pairwise(numbers))
    assert any(told[day] is None for day in days)
    again = {day: total_until(day) for day in reversed(days)}
    assert again == told
