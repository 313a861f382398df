"""What is wrong with a query that the grammar refuses: where, and what should stand there."""

from __future__ import annotations

import re
from typing import Final

from lark import Token
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from index.errors import QueryError

_QUOTES: Final = '"“”＂「」『』'
_OPERATOR: Final = re.compile(
    r"(?:OR|ＯＲ|或者?|AND|ＡＮＤ|且|并且|NOT|ＮＯＴ|非)(?=[\s()（）\"“”＂「」『』]|\Z)|[-－−~～:：]"
)
_WANTED: Final = (
    ({"DISTANCE"}, "the number of characters between, 0 to 50"),
    ({"TO"}, "TO (至) and a second bound"),
    ({"BOUND"}, "a date, a number or *"),
    ({"RBRACKET"}, "] or }"),
    ({"VALUE", "COMPARE"}, "a value, >= or [a TO b]"),
    ({"VALUE"}, "a value"),
    ({"WORD", "RPAR"}, "a word, OR or )"),
    ({"WORD"}, 'a word, a "phrase", field:value or ('),
    ({"OR", "RPAR"}, "OR or )"),
)
"""Terminals that may come next, the most telling first, and how they are called."""


def complaint(typed: str, error: UnexpectedInput) -> QueryError:
    """The QueryError for what the parser met."""
    allowed = _allowed(error)
    expected = next((words for names, words in _WANTED if names <= allowed), "another character")
    if isinstance(error, UnexpectedToken) and error.token.type == "$END":
        return _ended(error, allowed, expected)
    position = error.pos_in_stream if isinstance(error, UnexpectedCharacters) else _start(error)
    assert position is not None
    character = typed[position]
    if character in _QUOTES and "BOUND" not in allowed:
        return QueryError("the quotation mark is not closed", position=position, expected="a second one")
    if character in ")）":
        return _closed(error, position, expected)
    if operator := _OPERATOR.match(typed, position):
        return QueryError(f"{operator[0]!r} does not fit here", position=position, expected=expected)
    return QueryError(f"{typed[position : position + 10]!r} does not fit here", position=position, expected=expected)


def _ended(error: UnexpectedToken, allowed: set[str], expected: str) -> QueryError:
    stack = _stack(error)
    opened = [token for token in stack if token.type == "LPAR"]
    last = stack[-1] if stack else error.token
    position = last.start_pos or 0
    if opened and "RPAR" in allowed:
        return QueryError("the parenthesis is not closed", position=opened[-1].start_pos, expected=")")
    return QueryError(f"nothing stands after {str(last)[:20]!r}", position=position, expected=expected)


def _closed(error: UnexpectedInput, position: int, expected: str) -> QueryError:
    stack = _stack(error)
    if stack and stack[-1].type == "LPAR" and "WORD" in _allowed(error):
        return QueryError("nothing stands between the parentheses", position=position, expected=expected)
    if not any(token.type == "LPAR" for token in stack):
        return QueryError("this parenthesis was never opened", position=position, expected="( before it")
    return QueryError("the parenthesis closes too early", position=position, expected=expected)


def _stack(error: UnexpectedInput) -> list[Token]:
    """Tokens that the parser has read and not yet put together."""
    interactive = getattr(error, "interactive_parser", None)
    values = interactive.parser_state.value_stack if interactive else []
    return [value for value in values if isinstance(value, Token)]


def _allowed(error: UnexpectedInput) -> set[str]:
    if isinstance(error, UnexpectedCharacters):
        return set(error.allowed or ())
    return set(error.accepts or error.expected) if isinstance(error, UnexpectedToken) else set()


def _start(error: UnexpectedInput) -> int | None:
    return error.token.start_pos if isinstance(error, UnexpectedToken) else error.pos_in_stream
