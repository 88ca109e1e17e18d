"""Which perpetuals of an exchange are watched, and why the others are not."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from tui_monitor.market import Key, Row
from tui_monitor.model import Exchange, Instrument, Market, Status
from tui_monitor.printable import printable


class Listed(NamedTuple):
    """One of the exchange's instruments. `rank` is among live perpetuals, by turnover, from 1."""

    instrument: Instrument
    turnover_24h_usd: float | None
    rank: int | None


class Universe(NamedTuple):
    """The first `top` by turnover of those that have `min_turnover_usd`; all others beside them."""

    exchange: Exchange
    top: int
    min_turnover_usd: float
    instruments: tuple[Instrument, ...]
    listed: Mapping[Key, Listed]

    def turnover_24h_usd(self, instrument: Instrument) -> float | None:
        """As it was when they were chosen."""
        listed = self.listed.get(instrument.key)
        return listed.turnover_24h_usd if listed is not None else None

    def named(self, name: str) -> list[Listed]:
        """The perpetuals of a coin, or the one of a symbol; those with most turnover first."""
        wanted = name.upper()
        found = [
            one
            for one in self.listed.values()
            if one.instrument.market is Market.PERP
            and wanted in (one.instrument.coin.upper(), one.instrument.symbol.upper())
        ]
        return sorted(found, key=lambda one: (one.rank is None, one.rank or 0))

    def why_not(self, one: Listed) -> str:
        """Why an instrument is not watched; "" if it is."""
        instrument, turnover_usd = one.instrument, one.turnover_24h_usd
        symbol = printable(instrument.symbol)
        if instrument.status is not Status.LIVE:
            return f"{symbol} is {instrument.status.value}, not live"
        if instrument.quote != "USDT":
            return f"{symbol} is quoted in {printable(instrument.quote)}, not USDT"
        if turnover_usd is None:
            return f"{symbol}'s 24 h turnover is not known"
        if turnover_usd < self.min_turnover_usd:
            least = f"{self.min_turnover_usd:,.0f}"
            return f"{symbol} turned over {turnover_usd:,.0f} USD in 24 h, less than {least}"
        if one.rank is None or one.rank > self.top:
            return (
                f"{symbol} has rank {one.rank} by 24 h turnover, the first {self.top} are watched"
            )
        return ""


def choose(rows: Iterable[Row], exchange: Exchange, top: int, min_turnover_usd: float) -> Universe:
    """Choose of the market's rows as they are now."""
    ours = [row for row in rows if row.instrument.exchange is exchange]
    able = [row for row in ours if _can_rank(row)]
    able.sort(key=lambda row: (-(row.turnover_24h_usd or 0.0), row.instrument.symbol))
    ranks = {row.instrument.key: rank for rank, row in enumerate(able, 1)}
    return Universe(
        exchange=exchange,
        top=top,
        min_turnover_usd=min_turnover_usd,
        instruments=tuple(
            row.instrument
            for row in able[:top]
            if (row.turnover_24h_usd or 0.0) >= min_turnover_usd
        ),
        listed={
            row.instrument.key: Listed(
                row.instrument, row.turnover_24h_usd, ranks.get(row.instrument.key)
            )
            for row in ours
        },
    )


def _can_rank(row: Row) -> bool:
    instrument = row.instrument
    return (
        instrument.market is Market.PERP
        and instrument.status is Status.LIVE
        and instrument.quote == "USDT"
        and row.turnover_24h_usd is not None
    )
