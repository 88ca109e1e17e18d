"""Parameters of requests, and Binance's ways of refusing them."""

from collections.abc import Awaitable, Callable
from typing import Any

from tui_monitor.simulator.serving import Answer, Params


class Refused(Exception):
    """A request that is answered with a negative code."""

    def __init__(self, code: int, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.answer = failed(code, message, status)


def failed(code: int, message: str, status: int = 400) -> Answer:
    """The body of an error."""
    return Answer({"code": code, "msg": message}, status)


def no_symbol() -> Refused:
    """For a symbol that isn't listed."""
    return Refused(-1121, "Invalid symbol.")


def missing(name: str) -> Refused:
    """For a parameter that must be there."""
    message = f"Mandatory parameter '{name}' was not sent, was empty/null, or malformed."
    return Refused(-1102, message)


def number(params: Params, name: str) -> int | None:
    """A parameter that must be a whole number, if it is given."""
    text = params.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit()) or len(text) > 15:
        raise Refused(-1100, f"Illegal characters found in parameter '{name}'.")
    return int(text)


def limit_of(params: Params, default: int, at_most: int, *, clamps: bool = False) -> int:
    """The number of rows; too many are refused or cut."""
    limit = number(params, "limit")
    if limit is None:
        return default
    if limit == 0 or (limit > at_most and not clamps):
        raise Refused(-1130, "Data sent for parameter 'limit' is not valid.")
    return min(limit, at_most)


def plainly(answer: Callable[[Params], Awaitable[Any]]) -> Callable[[Params], Awaitable[Answer]]:
    """An answer without an envelope; a refusal becomes its error."""

    async def answered(params: Params) -> Answer:
        try:
            return Answer(await answer(params))
        except Refused as refused:
            return refused.answer

    return answered
