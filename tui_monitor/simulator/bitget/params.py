"""What Bitget's requests may carry, and how it says what is wrong with them."""

from tui_monitor.simulator.bitget.catalog import DEMO, FUTURES, SPOT
from tui_monitor.simulator.serving import Params


class Refused(Exception):
    """A request that is answered with an error code."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status


def no_such(symbol: str) -> Refused:
    return Refused("40034", f"Parameter {symbol} does not exist")


def empty(name: str) -> Refused:
    return Refused("40019", f"Parameter {name} cannot be empty")


def wrong(name: str) -> Refused:
    return Refused("400172", f"Parameter verification failed {name}")


def product_of(params: Params) -> str:
    """v2's product; case doesn't matter."""
    product = (params.get("productType") or "").upper()
    if not product:
        raise empty("productType")
    if product not in (*FUTURES, *DEMO):
        raise wrong("productType")
    return product


def category_of(params: Params) -> str:
    """v3's category."""
    category = params.get("category") or ""
    if not category:
        raise empty("category")
    if category not in (*FUTURES, SPOT, "MARGIN"):
        raise wrong("category")
    return category


def number(params: Params, name: str) -> int | None:
    """A parameter that must be a whole number above zero, if it is given."""
    text = params.get(name)
    if not text:
        return None
    if not (text.isascii() and text.isdigit()) or len(text) > 15 or int(text) == 0:
        raise wrong(name)
    return int(text)
