"""Which perpetuals are asked about one by one, and for how long an exchange is left alone."""

from tui_monitor.engine.fundings import Perps
from tui_monitor.errors import FeedError, RateLimited, Unreachable
from tui_monitor.market import MarketState
from tui_monitor.model import Instrument, Market

AFTER_ERROR_S = 30.0


def most_traded(feed: Perps, market: MarketState, count: int) -> list[Instrument]:
    """The perpetuals with most turnover; none before turnovers are known."""
    perps = feed.instruments(Market.PERP)
    turnovers = [_turnover(one, market) for one in perps]
    if 2 * sum(turnover is not None for turnover in turnovers) < len(perps):
        return []
    pairs = zip(turnovers, perps, strict=True)
    ranked = sorted(pairs, key=lambda pair: (-(pair[0] or 0.0), pair[1].symbol))
    return [one for _, one in ranked[:count]]


def pause_s(error: FeedError, least_s: float) -> float:
    """How long an exchange is left alone: what one symbol is refused says nothing of others."""
    if isinstance(error, RateLimited):
        return max(least_s, error.retry_after_s)
    return AFTER_ERROR_S if isinstance(error, Unreachable) else least_s


def _turnover(one: Instrument, market: MarketState) -> float | None:
    row = market.row(one.key)
    return row.turnover_24h_usd if row is not None else None
