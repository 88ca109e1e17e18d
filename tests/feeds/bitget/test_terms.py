"""When funding is settled and how often, though tickers that don't say it come later."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any

from tests.feeds.bitget import rows
from tests.feeds.servers import http, tcp_server
from tests.feeds.simulated import Settings
from tests.support.virtual_time import VirtualClock, in_virtual_time
from tui_monitor.feeds.bitget.rest import BitgetRest
from tui_monitor.feeds.bitget.terms import FundingTerms
from tui_monitor.market import MarketState, Row
from tui_monitor.model import Exchange, Market, MarketEvent, Source

NEXT_MS = 1795147200000


class Told:
    """What a small Bitget answers, by the end of the path."""

    def __init__(self) -> None:
        funding = {"fundingRateInterval": "4", "nextUpdate": str(NEXT_MS)}
        self.data: dict[str, Any] = {
            "contracts": [rows.PERP | {"fundInterval": "8"}],
            "tickers": [rows.TICKER_V2],
            "current-fund-rate": [rows.FUNDING | funding],
        }
        self.ms = rows.MS

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One answer, at `ms`."""
        path = (await reader.readuntil(b"\r\n\r\n")).split()[1].decode().partition("?")[0]
        data = self.data[path.rpartition("/")[2]]
        body = {"code": "00000", "msg": "success", "requestTime": self.ms, "data": data}
        writer.write(http("200 OK", json.dumps(body).encode()))
        await writer.drain()


@asynccontextmanager
async def terms_of(told: Told) -> AsyncIterator[tuple[FundingTerms, BitgetRest]]:
    """The terms that a small Bitget tells, its list read."""
    async with (
        tcp_server(told.talk) as where,
        aclosing(BitgetRest(Settings(f"http://{where}"), VirtualClock())) as rest,
    ):
        await rest.instruments(Market.PERP)
        yield FundingTerms(rest), rest


def merged(market: MarketState, events: list[MarketEvent]) -> Row:
    """The row after these events."""
    for event in events:
        market.apply(event, rows.MS, 0.0, Source.REST)
    row = market.row((Exchange.BITGET, Market.PERP, "AAAUSDT"))
    assert row is not None
    return row


@in_virtual_time
async def test_terms_that_are_told_late_reach_the_row_with_the_next_ticker() -> None:
    """A stream has said more by the time that the answer is here; it is no news itself."""
    told, market = Told(), MarketState()
    async with terms_of(told) as (terms, _):
        row = merged(market, list(await terms.snapshot()))
        assert (row.interval_h, row.next_settlement_ms) == (8, None)
        told.ms -= 500
        row = merged(market, list(await terms.ask()))
        assert (row.interval_h, row.next_settlement_ms) == (8, None)
        told.data["tickers"] = [rows.TICKER_V2 | {"ts": str(rows.MS + 1000)}]
        row = merged(market, await terms.snapshot())
        assert (row.interval_h, row.next_settlement_ms) == (4, NEXT_MS)
        assert row.rate == -0.0001


@in_virtual_time
async def test_a_settlement_that_is_over_is_not_told_again() -> None:
    """The next one is unknown until the exchange tells it."""
    told = Told()
    async with terms_of(told) as (terms, _):
        await terms.ask()
        told.data["tickers"] = [rows.TICKER_V2 | {"ts": str(NEXT_MS)}]
        row = merged(MarketState(), await terms.snapshot())
        assert (row.rate, row.next_settlement_ms) == (-0.0001, None)


@in_virtual_time
async def test_an_unknown_interval_stays_unknown() -> None:
    """Nobody guesses eight hours."""
    told = Told()
    told.data["contracts"] = [rows.PERP | {"fundInterval": ""}]
    told.data["current-fund-rate"] = [rows.FUNDING | {"fundingRateInterval": ""}]
    async with terms_of(told) as (terms, rest):
        merged(market := MarketState(), list(await terms.ask()))
        assert merged(market, await terms.snapshot()).interval_h is None
        known = rest.books[Market.PERP].known("AAAUSDT")
        assert known is not None
        assert known.funding_interval_h is None


@in_virtual_time
async def test_contracts_that_no_list_has_are_not_learned() -> None:
    """A dozen rows of the answer are of what is not traded."""
    told = Told()
    told.data["current-fund-rate"] = [rows.FUNDING | {"symbol": "GHOSTUSDT"}]
    async with terms_of(told) as (terms, rest):
        await terms.ask()
        assert rest.books[Market.PERP].known("GHOSTUSDT") is None
