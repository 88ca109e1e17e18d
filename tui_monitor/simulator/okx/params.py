"""Parameters of requests, and OKX's ways of refusing them."""

from tui_monitor.simulator.serving import Answer, Params


class Refused(Exception):
    """A request that OKX answers with an error code."""

    def __init__(self, code: str, message: str, status: int) -> None:
        super().__init__(message)
        self.answer = failed(code, message, status)


def failed(code: str, message: str, status: int = 400) -> Answer:
    """The error envelope."""
    return Answer({"code": code, "data": [], "msg": message}, status)


def empty(name: str) -> Refused:
    """For a parameter that must be there."""
    return Refused("50014", f"Parameter {name} can not be empty.", 400)


def wrong(name: str) -> Refused:
    """For a parameter that can't be."""
    return Refused("51000", f"Parameter {name} error", 400)


def no_instrument() -> Refused:
    """For a symbol that isn't listed; this one comes with HTTP 200."""
    message = "Instrument ID, Instrument ID code, or Spread ID doesn't exist."
    return Refused("51001", message, 200)


def number(params: Params, name: str) -> int | None:
    """A parameter that must be a whole number above zero, if it is given."""
    text = params.get(name)
    if not text:
        return None
    if not (text.isascii() and text.isdigit()) or len(text) > 15 or int(text) == 0:
        raise wrong(name)
    return int(text)
