"""The lines of each export, a board day at a time."""

import csv
import io
import math
from collections.abc import AsyncIterator, Iterable
from datetime import timedelta

import msgspec
from msgspec import Struct

from tui_monitor.clock import DAY_MS, SECOND_MS, SLOT_MS, BoardZone, nearest_slot, slot_of, utc_text
from tui_monitor.model import CurveRow, OffSlotPrice, Outage, Reason, SlotPrice
from tui_monitor.store import formats
from tui_monitor.store.reader import Reader
from tui_monitor.store.settling import SLOT_REACH_MS

# A day has at most 50 slots, and the ledger no coin twice in one.
_MOST_HOLES = 1_000_000
_DAY = "%Y-%m-%d"
_MINUTE = "%H:%M"
_SECOND = "%H:%M:%S"


class Scope(Struct, frozen=True, kw_only=True):
    """What part of history is wanted; `end_ms` is excluded."""

    start_ms: int
    end_ms: int
    zone: BoardZone
    coins: tuple[str, ...]
    min_coins: int
    now_ms: int


class _Quote(Struct, frozen=True):
    """One coin at one time: a slot's time, or the observation's away from the slots."""

    at_ms: int
    on_slot: bool
    coin: str
    base: float | None
    price: float


async def price_rows(reader: Reader, scope: Scope) -> AsyncIterator[list[str]]:
    """The full CSV: coins alphabetical within a time, prices with 8 decimals, changes with 4."""
    async for quotes in _quotes(reader, scope):
        yield [_price_row(scope.zone, quote) for quote in quotes]


def _price_row(zone: BoardZone, quote: _Quote) -> str:
    second_ms = _printed_ms(quote)
    base = "" if quote.base is None else f"{quote.base:.8f}"
    price = f"{quote.price:.8f}"
    # The change of the printed prices, so that the row agrees with itself when it is read back.
    change = ""
    if base and float(base) > 0:
        change = f"{_plain_zero((float(price) - float(base)) / float(base) * 100):.4f}"
    return csv_line(
        zone.format(second_ms, _DAY),
        zone.format(second_ms, _SECOND),
        str(second_ms // SECOND_MS),
        formats.text_cell(quote.coin),
        base,
        price,
        change,
    )


def _printed_ms(quote: _Quote) -> int:
    """Whole seconds, rounded away from the slot: what stood outside its reach stays outside."""
    late = quote.at_ms >= nearest_slot(quote.at_ms)
    seconds = math.ceil(quote.at_ms / SECOND_MS) if late else quote.at_ms // SECOND_MS
    return seconds * SECOND_MS


async def price_records(reader: Reader, scope: Scope) -> AsyncIterator[list[str]]:
    """The originals' JSON records, at full precision, coins in their order."""
    async for quotes in _quotes(reader, scope):
        moments: dict[tuple[int, bool], dict[str, _Quote]] = {}
        for quote in quotes:
            moments.setdefault((quote.at_ms, quote.on_slot), {})[quote.coin] = quote
        yield [_record(scope, at_ms, by_coin) for (at_ms, _), by_coin in moments.items()]


def _record(scope: Scope, at_ms: int, by_coin: dict[str, _Quote]) -> str:
    changes = {coin: _change(quote) for coin, quote in by_coin.items()}
    known = [change for change in changes.values() if change is not None]
    total = math.fsum(known) if known else None
    whole_second = at_ms % SECOND_MS == 0
    return json_line(
        {
            "collect_time": scope.zone.format(at_ms),
            "timestamp": at_ms // SECOND_MS if whole_second else at_ms,
            "base_date": scope.zone.format(at_ms, _DAY),
            "day_changes": {
                coin: {
                    "base_price": by_coin[coin].base,
                    "current_price": by_coin[coin].price,
                    "change_pct": _percent(changes[coin]),
                }
                for coin in scope.coins
                if coin in by_coin
            },
            "total_change": _percent(total),
            "average_change": _percent(None if total is None else total / len(known)),
            "total_coins": len(scope.coins),
            "valid_coins": len(known),
            "success_count": len(by_coin),
            "failed_count": len(scope.coins) - len(by_coin),
        }
    )


async def sum_rows(reader: Reader, scope: Scope) -> AsyncIterator[list[str]]:
    """The sum CSV: drawn nodes only. A node under `min_coins` is a gap, not a sum of 27."""
    async for nodes in _nodes(reader, scope):
        yield [
            csv_line(
                scope.zone.format(node.slot_ms, _DAY),
                scope.zone.format(node.slot_ms, _MINUTE),
                str(node.slot_ms // SECOND_MS),
                f"{_plain_zero(node.sum_pct):.4f}",
            )
            for node in nodes
            if node.sum_pct is not None and (node.sum_only or node.valid >= scope.min_coins)
        ]


async def sum_records(reader: Reader, scope: Scope) -> AsyncIterator[list[str]]:
    """Every node with how many coins are in its sum."""
    async for nodes in _nodes(reader, scope):
        yield [
            json_line(
                {
                    "collect_time": scope.zone.format(node.slot_ms),
                    "timestamp": node.slot_ms // SECOND_MS,
                    "total_change": _percent(node.sum_pct),
                    "average_change": _percent(
                        node.sum_pct / node.valid
                        if node.sum_pct is not None and node.valid
                        else None
                    ),
                    "total_coins": len(scope.coins),
                    "valid_coins": None if node.sum_only else node.valid,
                    "up": None if node.sum_only else node.up,
                    "down": None if node.sum_only else node.down,
                    "provisional_coins": node.provisional,
                    "imported_sum": node.sum_only,
                }
            )
            for node in nodes
        ]


async def missing_rows(reader: Reader, scope: Scope) -> AsyncIterator[list[str]]:
    """The missing CSV: by date, time and coin; due slots only."""
    async for missing in _missing(reader, scope):
        yield [
            csv_line(
                scope.zone.format(slot_ms, _DAY),
                scope.zone.format(slot_ms, _MINUTE),
                formats.text_cell(coin),
                formats.text_cell(formats.reason_text(reason)),
            )
            for slot_ms, coin, reason in missing
        ]


async def missing_records(reader: Reader, scope: Scope) -> AsyncIterator[list[str]]:
    """The same as JSON lines, with our own reason too."""
    async for missing in _missing(reader, scope):
        yield [
            json_line(
                {
                    "collect_time": scope.zone.format(slot_ms),
                    "timestamp": slot_ms // SECOND_MS,
                    "symbol": coin,
                    "reason": formats.reason_text(reason),
                    "cause": reason,
                }
            )
            for slot_ms, coin, reason in missing
        ]


async def outage_rows(reader: Reader, scope: Scope) -> AsyncIterator[list[str]]:
    """Outages that overlap the range; an end that is not there is an empty cell."""
    outages = await reader.outages(scope.start_ms, scope.end_ms)
    yield [_outage_row(outage) for outage in outages]


def _outage_row(outage: Outage) -> str:
    over = outage.end_ms is not None
    return csv_line(
        outage.exchange.value,
        outage.market.value,
        formats.text_cell(outage.channel),
        utc_text(outage.begin_ms),
        utc_text(outage.end_ms) if outage.end_ms is not None else "",
        f"{((outage.end_ms or 0) - outage.begin_ms) / SECOND_MS:.3f}" if over else "",
        "yes" if outage.bridged else "no",
        formats.text_cell(outage.reason),
    )


async def outage_records(reader: Reader, scope: Scope) -> AsyncIterator[list[str]]:
    """The same as JSON lines, in the model's own fields."""
    yield [json_line(outage) for outage in await reader.outages(scope.start_ms, scope.end_ms)]


async def _quotes(reader: Reader, scope: Scope) -> AsyncIterator[list[_Quote]]:
    """All quotes of a day, by time, slots before samples of the same time, then by coin."""
    wanted = frozenset(scope.coins)
    for day_start_ms, start_ms, end_ms in await _days(reader, scope):
        bases = {
            row.coin: row.price
            for row in await reader.prices(day_start_ms, day_start_ms + 1, scope.coins)
        }
        on_slot = [
            _quote(row.slot_ms, row, bases)
            for row in await reader.prices(start_ms, end_ms, scope.coins)
        ]
        off_slot = [
            _quote(row.observed_ms, row, bases)
            for row in await reader.off_slot(start_ms, end_ms)
            if row.coin in wanted
        ]
        yield sorted(
            on_slot + off_slot,
            key=lambda quote: (quote.at_ms, not quote.on_slot, quote.coin),
        )


def _quote(at_ms: int, row: SlotPrice | OffSlotPrice, bases: dict[str, float]) -> _Quote:
    base = bases.get(row.coin) if row.own_base is None else row.own_base
    return _Quote(at_ms, isinstance(row, SlotPrice), row.coin, base, row.price)


async def _nodes(reader: Reader, scope: Scope) -> AsyncIterator[list[CurveRow]]:
    for day_start_ms, start_ms, end_ms in await _days(reader, scope):
        rows = await reader.curve([(day_start_ms, end_ms)], scope.coins)
        yield [row for row in rows if row.slot_ms >= start_ms]


async def _missing(reader: Reader, scope: Scope) -> AsyncIterator[list[tuple[int, str, str]]]:
    """(slot, coin, reason) of what is due and not there; a hole's own reason goes first."""
    coins = sorted(scope.coins)
    due_end_ms = scope.now_ms - SLOT_REACH_MS
    for _, start_ms, end_ms in await _days(reader, scope):
        there: dict[int, set[str]] = {}
        for row in await reader.prices(start_ms, end_ms, coins):
            there.setdefault(row.slot_ms, set()).add(row.coin)
        reasons = {
            (hole.slot_ms, hole.coin): hole.reason
            for hole in await reader.holes(start_ms, end_ms, _MOST_HOLES)
        }
        first_ms = slot_of(start_ms + SLOT_MS - 1)
        yield [
            (slot_ms, coin, reasons.get((slot_ms, coin), _plain_reason(there.get(slot_ms))))
            for slot_ms in range(first_ms, min(end_ms, due_end_ms), SLOT_MS)
            for coin in coins
            if coin not in there.get(slot_ms, ())
        ]


def _plain_reason(there: set[str] | None) -> str:
    return (Reason.COIN if there else Reason.WHOLE_SLOT).value


async def _days(reader: Reader, scope: Scope) -> Iterable[tuple[int, int, int]]:
    """(day start, wanted start, wanted end) of each board day in the range.

    A range without a begin starts where history does; none goes further than a day after now.
    """
    start_ms = scope.start_ms
    if start_ms == 0:
        oldest_ms = await reader.oldest_history_ms()
        start_ms = scope.now_ms if oldest_ms is None else oldest_ms
    return _days_between(scope.zone, start_ms, min(scope.end_ms, scope.now_ms + DAY_MS))


def _days_between(zone: BoardZone, start_ms: int, end_ms: int) -> Iterable[tuple[int, int, int]]:
    day = zone.day_of(start_ms)
    while (day_start_ms := zone.day_start_ms(day)) < end_ms:
        yield day_start_ms, max(day_start_ms, start_ms), min(zone.day_end_ms(day), end_ms)
        day += timedelta(days=1)


def _change(quote: _Quote) -> float | None:
    return None if quote.base is None else (quote.price - quote.base) / quote.base * 100


def _percent(value: float | None) -> float | None:
    return None if value is None else formats.percent(value)


def _plain_zero(value: float) -> float:
    """No `-0.0000`."""
    return 0.0 if abs(value) < 0.5e-4 else value


def csv_line(*cells: str) -> str:
    """One row, quoted where it must be."""
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(cells)
    return line.getvalue()


def json_line(value: object) -> str:
    """One record."""
    return msgspec.json.encode(value).decode()
