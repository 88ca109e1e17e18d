"""The spread monitor's routes on itself: which coin trades where, coverage, how the system does.

A symbol is a coin without its quote, as the originals write it.
"""

from collections.abc import Sequence

from msgspec import Struct

from tui_monitor.api.answers import Answer
from tui_monitor.api.boards import system_board
from tui_monitor.api.endpoints import Endpoint, Nothing, World
from tui_monitor.api.own_keys import (
    Connected,
    CoverageKeys,
    MarketsKeys,
    ProcessKeys,
    QualityBands,
    SymbolMarkets,
    SystemKeys,
)
from tui_monitor.boards.markets import (
    HIGH_PCT,
    MEDIUM_PCT,
    CoinMarkets,
    ExchangeMarkets,
    MarketReport,
)
from tui_monitor.boards.system import ConnectionLine, SystemBoard
from tui_monitor.clock import utc_text
from tui_monitor.model import Exchange, FeedState, Market, Source

_MB = 1_000_000
# The lists behind it change by the hour.
_REPORT_S = 5.0
# The originals' word for perpetuals.
_MARKET = {Market.SPOT: "spot", Market.PERP: "futures"}


class HeldData(Struct, frozen=True, kw_only=True):
    """What is in memory: one row, the newest, an instrument that has a price.

    `memory_records_per_symbol` is the mean over symbols, `max_records_per_exchange` the rows of
    the exchange that has most.
    """

    total_symbols: int
    active_memory_symbols: int
    memory_records_per_symbol: float | None
    max_records_per_exchange: int


async def markets(world: World, _asked: Nothing) -> Answer:
    """Coins by how many of the exchanges' markets trade them."""
    report = await _report(world)
    own: MarketsKeys = {
        "market_report": {
            "total_unique_symbols": len(report.coins),
            "high_coverage_symbols": _between(report, HIGH_PCT, 101),
            "medium_coverage_symbols": _between(report, MEDIUM_PCT, HIGH_PCT),
            "low_coverage_symbols": _between(report, 0, MEDIUM_PCT),
            "exchange_summary": {
                one.exchange.value: {"spot": one.spot, "futures": one.perp}
                for one in report.exchanges
            },
        },
        "current_symbols": [one.coin for one in report.coins],
    }
    return Answer(data=report.coins, count=len(report.coins), own=own)


async def coverage(world: World, _asked: Nothing) -> Answer:
    """How much of all coins each exchange trades. What the originals left empty is filled."""
    report = await _report(world)
    bands: QualityBands = {
        "high": len(_between(report, HIGH_PCT, 101)),
        "medium": len(_between(report, MEDIUM_PCT, HIGH_PCT)),
        "low": len(_between(report, 0, MEDIUM_PCT)),
    }
    own: CoverageKeys = {
        "coverage_stats": {
            "total_symbols": len(report.coins),
            "exchange_stats": {
                one.exchange.value: {
                    "spot_symbols": one.spot,
                    "futures_symbols": one.perp,
                    "coverage_percent": _rounded(one.coverage_pct),
                }
                for one in report.exchanges
            },
            "symbol_stats": {one.coin: _rounded(one.completeness_pct) for one in report.coins},
            "quality_metrics": bands,
        }
    }
    return Answer(data=report.exchanges, count=len(report.exchanges), own=own)


async def status(world: World, _asked: Nothing) -> Answer:
    """Process, memory, sockets, REST. `data` is the originals' key of that name."""
    board = await system_board(world)
    report = await _report(world)
    own: SystemKeys = {
        "system": _system(board),
        "connections": {
            "websocket_status": websocket_status(board.connections),
            "reconnect_attempts": sum(line.reconnects for line in board.connections),
        },
        "rest": {
            "enabled": any(one.enabled for one in board.exchanges),
            "update_interval": min(
                (line.every_s for line in board.connections if line.every_s is not None),
                default=None,
            ),
            "last_sync": last_sync(board),
        },
    }
    return Answer(data=_held(board, report), own=own)


async def _report(world: World) -> MarketReport:
    return await world.shared.once("markets", _REPORT_S, world.source.markets)


def _between(report: MarketReport, low_pct: float, high_pct: float) -> list[SymbolMarkets]:
    return [_symbol(one) for one in report.coins if low_pct <= one.completeness_pct < high_pct]


def _symbol(one: CoinMarkets) -> SymbolMarkets:
    """Counts, as the originals have them; `data` names the exchanges."""
    return {
        "symbol": one.coin,
        "completeness_score": _rounded(one.completeness_pct),
        "spot_exchanges": len(one.spot),
        "futures_exchanges": len(one.perp),
        "total_exchanges": len({*one.spot, *one.perp}),
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


def _system(board: SystemBoard) -> ProcessKeys:
    process = board.process
    if process is None:
        return {
            "memory_usage_mb": None,
            "cpu_percent": None,
            "threads_count": None,
            "connections_count": None,
        }
    memory = process.memory_bytes
    return {
        "memory_usage_mb": None if memory is None else round(memory / _MB, 2),
        "cpu_percent": _rounded(process.cpu_pct),
        "threads_count": process.threads,
        "connections_count": process.sockets,
        "uptime_s": round(process.uptime_s, 1),
    }


def _held(board: SystemBoard, report: MarketReport) -> HeldData:
    by_exchange: dict[Exchange, int] = {}
    for line in board.lists:
        by_exchange[line.exchange] = by_exchange.get(line.exchange, 0) + line.priced
    rows, symbols = sum(by_exchange.values()), len(report.coins)
    return HeldData(
        total_symbols=symbols,
        active_memory_symbols=rows,
        memory_records_per_symbol=round(rows / symbols, 2) if symbols else None,
        max_records_per_exchange=max(by_exchange.values(), default=0),
    )


def websocket_status(connections: Sequence[ConnectionLine]) -> dict[str, Connected]:
    """Each market's streams: connected while every one of them gives data by itself."""
    found: dict[str, bool] = {}
    for line in connections:
        if not line.polled:
            name = f"{line.exchange.value}_{_MARKET[line.market]}"
            found[name] = found.get(name, True) and line.state is FeedState.LIVE
    return {name: "connected" if all_live else "disconnected" for name, all_live in found.items()}


def last_sync(board: SystemBoard) -> dict[str, str | None]:
    """When REST brought something last, by exchange; null while it has not yet."""
    ages: dict[str, list[int]] = {one.exchange.value: [] for one in board.exchanges if one.enabled}
    for line in board.connections:
        if line.source is Source.REST and line.age_ms is not None:
            ages[line.exchange.value].append(line.age_ms)
    for listed in board.lists:
        if listed.age_ms is not None:
            ages[listed.exchange.value].append(listed.age_ms)
    return {
        name: utc_text(board.now_ms - min(found)) if found else None for name, found in ages.items()
    }


ENDPOINTS = (
    Endpoint(
        path="/api/markets",
        summary="Coins by how many of the exchanges' markets trade them: high, medium, low.",
        reply=markets,
        gives=list[CoinMarkets],
        own=MarketsKeys,
    ),
    Endpoint(
        path="/api/coverage",
        summary="How much of all coins each exchange trades, spot and perpetual.",
        reply=coverage,
        gives=list[ExchangeMarkets],
        own=CoverageKeys,
    ),
    Endpoint(
        path="/api/system/status",
        summary="Memory, processor, sockets; streams by market; when REST brought something last.",
        reply=status,
        gives=HeldData,
        own=SystemKeys,
    ),
)
