"""Reads what people type into the query tree; the grammar stands in ``grammar.lark``."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib import resources
from typing import Any, Final

from lark import Lark, Token
from lark.exceptions import UnexpectedInput, VisitError
from lark.visitors import Transformer_NonRecursive

from index.bigrams import fold, is_chinese
from index.errors import QueryError
from index.query.complaints import complaint
from index.query.names import SIMILAR, TITLE, Codes, asked_field
from index.query.tree import MAX_CLAUSES, All, And, Near, Not, Or, Query, Text, Words, cost
from index.query.values import Typed, between, compared, valued

MAX_TYPED: Final = 4000
"""Characters of a query."""
SENTENCE: Final = 12
"""A Chinese word of more characters is a description: a part of its bigrams suffices, and the ranking decides."""
DESCRIPTION_SHARE: Final = 0.3
_CLAUSE_MARKS: Final = re.compile("[，、；。]+")
_WILDCARD: Final = re.compile("[*＊]")


def parse(typed: str, codes: Codes | None = None) -> Query:
    """The tree of a typed query: words and phrases are found exactly, all of them; blank finds everything.

    An unquoted Chinese word of more than 12 characters is a description and need not occur as it stands. ``codes``
    gives names to the values of fields (扬尘 → dust) and refuses those it does not know. Raises QueryError, with the
    position and what was expected, for what cannot be read, costs too much, or asks for a person (P-05).
    """
    _refuse_unreadable(typed)
    try:
        tree = _grammar().parse(typed)
    except UnexpectedInput as error:
        raise complaint(typed, error) from None
    try:
        return _Reading(codes or {}).transform(tree)
    except VisitError as error:
        if isinstance(error.orig_exc, QueryError):
            raise error.orig_exc from None
        raise


@cache
def _grammar() -> Lark:
    text = resources.files("index.query").joinpath("grammar.lark").read_text(encoding="utf-8")
    return Lark(text, parser="lalr", lexer="contextual", maybe_placeholders=False)


def _refuse_unreadable(typed: str) -> None:
    if len(typed) > MAX_TYPED:
        raise QueryError(
            f"the query has {len(typed)} characters", position=MAX_TYPED, expected=f"at most {MAX_TYPED} characters"
        )
    for position, character in enumerate(typed):
        if unicodedata.category(character) in ("Cc", "Cs") and character not in "\t\n\r":
            raise QueryError(
                f"U+{ord(character):04X} is no character to search for", position=position, expected="visible ones"
            )


class _Reading(Transformer_NonRecursive[Token, Query]):
    """Turns the parse tree into the query tree, bottom up, and counts what it costs."""

    def __init__(self, codes: Codes) -> None:
        super().__init__()
        self._codes = codes
        self._clauses = 0

    def start(self, parts: list[Any]) -> Query:
        whole: Query = parts[0] if parts else All()
        return whole

    def either(self, parts: list[Any]) -> Query:
        return self._joined(Or, parts)

    def every(self, parts: list[Any]) -> Query:
        return self._joined(And, parts)

    def negation(self, parts: list[Any]) -> Query:
        inner: Query = parts[-1]
        return inner.part if isinstance(inner, Not) else self._counted(Not(inner), parts[0], 1)

    def group(self, parts: list[Any]) -> Query:
        inside: Query = parts[1]
        return inside

    def word(self, parts: list[Any]) -> Query:
        token: Token = parts[0]
        if wildcard := _WILDCARD.search(token):
            raise QueryError(
                "wildcards are not searched: a leading one would read the whole index, and none is needed, since every "
                "string is found inside longer ones",
                position=_start(token) + wildcard.start(),
                expected="the string alone, or quotation marks around it",
            )
        with _placed(token):
            return self._counted(_word(str(token)), token)

    def phrase(self, parts: list[Any]) -> Query:
        value = _unquoted(parts[0], "a phrase")
        with _placed(parts[0]):
            return self._counted(Text(value.text), parts[0])

    def near(self, parts: list[Any]) -> Query:
        phrase, _, distance = parts
        strings = _unquoted(phrase, "two strings").text.split()
        if len(strings) != 2:
            raise QueryError(
                f"near needs two strings with a blank between, not {len(strings)}",
                position=_start(phrase),
                expected='"补偿 标准"~5',
            )
        if len(distance) > 3 or int(distance) > 50:
            raise QueryError("strings that far apart are not near", position=_start(distance), expected="0 to 50")
        with _placed(phrase):
            return self._counted(Near(strings[0], strings[1], int(distance)), phrase)

    def field(self, parts: list[Any]) -> Query:
        name, (how, pieces) = parts
        field = asked_field(name[:-1].strip(), _start(name))
        with _placed(name):
            return self._counted(self._asked(field, how, pieces, name), name)

    def value(self, parts: list[Any]) -> tuple[str, list[Any]]:
        return "values", parts

    def values(self, parts: list[Any]) -> tuple[str, list[Any]]:
        return "values", [part for part in parts if part.type in ("VALUE", "PHRASE")]

    def comparison(self, parts: list[Any]) -> tuple[str, list[Any]]:
        return "comparison", parts

    def between(self, parts: list[Any]) -> tuple[str, list[Any]]:
        return "between", [part for part in parts if part.type != "TO"]

    def _asked(self, field: str, how: str, pieces: list[Token], name: Token) -> Query:
        if field in (TITLE, SIMILAR):
            if how != "values":
                raise QueryError(f"{name} takes a string", position=_start(pieces[0]), expected="a word or a phrase")
            strings = [_unquoted(piece, "a string").text for piece in pieces]
            asked = tuple(Text(s, "title") if field == TITLE else Words(s, DESCRIPTION_SHARE) for s in strings)
            return asked[0] if len(asked) == 1 else Or(asked)
        if how == "comparison":
            return compared(field, str(pieces[0]), _unquoted(pieces[1], "a value"))
        typed = [_unquoted(piece, "a value") for piece in pieces]
        if how == "between":
            return between(field, *typed)
        return valued(field, typed, self._codes)

    def _joined(self, kind: type[And] | type[Or], parts: list[Any]) -> Query:
        """Parts of parts of the same kind lie side by side: (a b) c is a b c."""
        flat: list[Query] = []
        for part in parts:
            if not isinstance(part, Token):
                flat += part.parts if isinstance(part, kind) else (part,)
        self._clauses += 1
        return kind(tuple(flat))

    def _counted(self, query: Query, token: Token, weight: int = 0) -> Query:
        self._clauses += weight or cost(query)
        if self._clauses >= MAX_CLAUSES:
            raise QueryError(
                f"from here on the query has more than {MAX_CLAUSES} clauses and would cost too much",
                position=_start(token),
                expected="a shorter query",
            )
        return query


def _word(word: str) -> Query:
    if len(word) > SENTENCE and is_chinese(fold(word)):
        return Words(word, DESCRIPTION_SHARE)
    strings = [string for string in _CLAUSE_MARKS.split(word) if string] or [word]
    return Text(strings[0]) if len(strings) == 1 else And(tuple(Text(string) for string in strings))


def _unquoted(token: Token, expected: str) -> Typed:
    if token.type != "PHRASE":
        return Typed(str(token), _start(token))
    text = str(token)[1:-1]
    if not fold(text).strip():
        raise QueryError("nothing stands between the quotation marks", position=_start(token), expected=expected)
    return Typed(text, _start(token))


def _start(token: Token) -> int:
    return token.start_pos or 0


@contextmanager
def _placed(token: Token) -> Iterator[None]:
    """Gives errors of the tree's own types the position of what was typed."""
    try:
        yield
    except QueryError as error:
        raise error.placed(_start(token)) from None
