"""An adversary with everything that leaves an office and with the public web, and the crowd whose authors they look for.

All people, accounts and posts are invented; the web holds every post in its own words under its author's name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from random import Random

from county import COMPENSATION, DUST
from opinions import opinion

SEARCHED = 8
"""Characters from which on an adversary searches for the words of a clause as a phrase."""
VILLAGES = ("柳湾村", "上井村", "石桥村", "下坝村", "青杠村", "松林村", "双河村", "土门村")
OPENINGS = (
    "说句公道话",
    "昨天开会",
    "问过镇上",
    "邻居也这么讲",
    "我家三口人",
    "去年冬天",
    "量地那天",
    "贴出来的表",
    "跟隔壁镇一比",
    "老人们都不愿意",
)
SAID = {
    COMPENSATION: ("旱地的补偿标准比邻镇低{n}成", "补偿标准只给到{n}万一亩", "水田补偿标准少算了{n}分地", "补偿标准公示只贴了{n}天", "青苗补偿标准按{n}年前的价"),
    DUST: ("粉尘落了{n}指厚", "拉石料的车一趟{n}分钟，粉尘满院", "洒水车{n}天来一次，粉尘照样大", "粉尘把{n}床被子全弄脏了"),
}  # fmt: skip
ENDINGS = (
    "请核实",
    "希望有人来看看",
    "打了{n}次电话没人接",
    "谁来管管",
    "什么时候给个说法",
    "不能就这么算了",
    "麻烦回个话",
)


@dataclass(frozen=True)
class Post:
    """One post as the public web shows it."""

    author: str
    account: str
    address: str
    text: str
    factor: str
    words: str


def crowd(number: int) -> list[Post]:
    """So many people, each with one post."""
    random = Random(27)
    posts = []
    for n in range(number):
        factor = random.choice((COMPENSATION, COMPENSATION, DUST))
        said = random.choice(SAID[factor]).format(n=random.randint(2, 9))
        words = f"{random.choice(OPENINGS)}，{random.choice(VILLAGES)}{said}"
        text = f"{words}，{random.choice(ENDINGS).format(n=n + 2)}。"
        account = str(9_000_000_000 + n)
        posts.append(Post(f"山里人{n}号", account, f"https://weibo.com/{account}/N{n}", text, factor, words))
    return posts


def heard(posts: list[Post]) -> list[object]:
    """The posts as an office stores them."""
    return [
        opinion(post.text, (post.factor, post.words, 0.95), number=n, day=n % 20, kind="weibo", genre="post")
        for n, post in enumerate(posts)
    ]  # fmt: skip


def named(report: str, posts: list[Post]) -> set[str]:
    """Authors who are found because the report holds their name, their account or the address of their post."""
    return {post.author for post in posts if any(one in report for one in (post.author, post.account, post.address))}


def traced(report: str, posts: list[Post]) -> set[str]:
    """Authors who are found because words of the report stand on one page of the web and on no other."""
    clauses = {one for one in re.split(r"[^\w]+|_", report) if len(one) >= SEARCHED}
    clauses |= {one.strip("，。") for one in re.findall(r"[^\n“”「」。…|]{8,80}", report)}
    found = set()
    for clause in clauses:
        pages = [post.author for post in posts if clause in post.text]
        if len(pages) == 1:
            found.add(pages[0])
    return found
