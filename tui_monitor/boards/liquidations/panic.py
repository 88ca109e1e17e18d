"""The panic index: liquidated people (in 10,000) by total position (in 100 million USD)."""

from tui_monitor.boards.liquidations import Level

PEOPLE = 10_000.0
POSITION_USD = 100_000_000.0


def panic_index(people: float | None, position_usd: float | None) -> float | None:
    """None where a part of it is unknown, or where there is no position."""
    if people is None or not position_usd:
        return None
    return (people / PEOPLE) / (position_usd / POSITION_USD)


def wash_index_pct(usd_24h: float | None, position_usd: float | None) -> float | None:
    """The day's amount by the position, None where a part is unknown or there is no position."""
    if usd_24h is None or not position_usd:
        return None
    return usd_24h / position_usd * 100


def level_of(index: float | None, medium_pct: float, high_pct: float) -> Level | None:
    """By the index x 100: each level begins with its bound."""
    if index is None:
        return None
    pct = index * 100
    if pct < medium_pct:
        return Level.LOW
    return Level.MEDIUM if pct < high_pct else Level.HIGH


def why_no_index(people: float | None, position_usd: float | None) -> str:
    """In words; "" where there is one."""
    if position_usd is None:
        return "the source tells no position"
    if not position_usd:
        return "the source's position is zero"
    return "the source tells no number of people" if people is None else ""
