"""The work of an assessor and a supervisor with the keyboard alone: what has the focus is always to be seen."""

from __future__ import annotations

from typing import Any

from browsers import Person
from consoles import PASSWORD, RING, Console
from rises import rise


def come_in(person: Person, name: str) -> None:
    """Types name and password."""
    page = person.page
    page.goto("/sign-in")
    person.tab_to("账号名")
    page.keyboard.type(name)
    person.tab_to("密码")
    page.keyboard.type(PASSWORD)
    person.press("Enter")
    page.wait_for_url(lambda url: "/sign-in" not in url)
    purpose(person)


def purpose(person: Person) -> None:
    """Takes the first purpose, when one is asked for."""
    if "/purpose" in person.page.url:
        person.tab_to("", "radio")
        person.press("Space")
        person.tab_to("继续")
        follow(person)


def follow(person: Person) -> None:
    """Presses Enter on what has the focus and waits for the page it leads to."""
    with person.page.expect_navigation():
        person.press("Enter")


def test_an_assessor_judges_with_letters(console: Console, people: Any):
    person = people()
    page = person.page
    come_in(person, "assessor")
    person.tab_to("青檀县东外环公路", "a")
    follow(person)
    purpose(person)
    person.tab_to("风险点", "a")
    follow(person)
    person.press("j", "j")
    second = page.locator("article.is-current")
    point = str(second.get_attribute("id"))
    assert page.evaluate("document.activeElement.closest('article').id") == point
    person.press("a")
    page.keyboard.type("走访三户，情况属实")
    person.tab_to("采纳", "submit")
    follow(person)
    assert page.locator(".flash", has_text="已记录：采纳").is_visible()
    assert [one.action for one in console.office.store.decisions_on(point)] == ["accept"]
    person.press("/")
    assert page.url.endswith(f"/projects/{RING}/review?part=open&done={point}"), "there is no search box here"
    person.press("j", "r")
    page.keyboard.type("文本说的是另一个项目")
    person.tab_to("不成立", "submit")
    follow(person)
    assert page.locator(".flash", has_text="已记录：不成立").is_visible()


def test_the_first_stop_leads_past_the_navigation(people: Any):
    person = people().enter("assessor")
    person.open("/projects")
    person.press("Tab")
    assert person.page.evaluate("document.activeElement.innerText") == "跳到正文"
    person.press("Enter")
    assert person.page.evaluate("document.activeElement.id") == "main"
    assert person.page.evaluate("location.hash") == "#main"


def test_a_supervisor_judges_an_alert(console: Console, people: Any):
    incident = rise(console)
    person = people()
    page = person.page
    come_in(person, "supervisor")
    person.tab_to("预警待处理", "a")
    follow(person)
    purpose(person)
    person.press("j")
    follow(person)
    purpose(person)
    assert page.url.endswith(incident)
    person.tab_to("判定是否属实", "summary")
    person.press("Enter")
    person.tab_to("属实", "radio")
    person.press("Space")
    person.tab_to("备注", "textarea")
    page.keyboard.type("现场核实，情况属实")
    person.tab_to("记录判定", "submit")
    follow(person)
    assert console.office.store.incident(incident).verdict == "true"
