"""Bybit's topics: what each pushes, and when."""

from typing import Any

import msgspec

from tui_monitor.simulator.bybit import rows
from tui_monitor.simulator.cascades import Cascades
from tui_monitor.simulator.derivatives import Perpetual
from tui_monitor.simulator.faults import Target
from tui_monitor.simulator.listings import Listing
from tui_monitor.simulator.noise import seed_of
from tui_monitor.simulator.pages import bar_at
from tui_monitor.simulator.pushes import FormingBar, next_on_grid
from tui_monitor.simulator.timeframes import Timeframe
from tui_monitor.simulator.updates import next_update

Row = dict[str, Any]
_CANDLE_PERIOD_MS = 1_000
_PERIODS_MS = {"mark": 1_000, "interest": 3_000, "day": 5_000}
_LONGEST_MS = 10_000
_QUIET_BOOK_MS = 3_000
_LIQUIDATION_GRID_MS = 500
_MANY_LIQUIDATIONS_MS = 60_000
_SEQUENCE_START = 700_000_000_000


def frame(topic: str, kind: str, now_ms: int, data: Any, **more: Any) -> bytes:
    """A push; `kind` is snapshot or delta."""
    return msgspec.json.encode(
        {"topic": topic, "type": kind, "data": data, **more, "ts": now_ms},
    )


class LinearTickerFeed:
    """A snapshot of all fields, then deltas of those that changed.

    Book and last price change together; mark and index come once a second, open interest every
    few seconds, each by themselves, and the day's figures with the price: most deltas are short.
    """

    def __init__(
        self, topic: str, target: Target, listing: Listing, derived: Perpetual, rate: float
    ) -> None:
        self.target = target
        # The first delta may arrive before the snapshot, as it happens on reconnecting.
        self.is_early = False
        self._topic = topic
        self._listing = listing
        self._derived = derived
        self._rate = rate
        self._sent: Row = {}
        self._due_ms = dict.fromkeys(("book", "mark", "interest", "day"), 0)

    def first(self, now_ms: int) -> list[bytes]:
        listing, derived = self._listing, self._derived
        self._sent = {
            "symbol": listing.symbol,
            "tickDirection": "ZeroPlusTick",
            **rows.day(listing, now_ms),
            **rows.hour_ago(listing, now_ms),
            **rows.mark(listing, derived, now_ms),
            **rows.interest(listing, derived, now_ms),
            **rows.funding(listing, derived, now_ms),
            **rows.book(listing, now_ms),
            "preOpenPrice": "",
            "preQty": "",
            "curPreListingPhase": rows.early_phase(listing),
        }
        snapshot = self._frame("snapshot", now_ms, self._sent)
        if not self.is_early:
            return [snapshot]
        book = {key: self._sent[key] for key in ("symbol", "bid1Price", "bid1Size")}
        return [self._frame("delta", now_ms, book), snapshot]

    def next_ms(self, now_ms: int) -> int:
        for group, due_ms in self._due_ms.items():
            # What is past is planned anew, and so is all when the clock was set back.
            if not now_ms < due_ms <= now_ms + _LONGEST_MS:
                self._due_ms[group] = self._next_of(group, now_ms)
        return min(self._due_ms.values())

    def _next_of(self, group: str, now_ms: int) -> int:
        if group == "book":
            return next_update(self._listing.series, now_ms, self._rate)
        period_ms = _PERIODS_MS[group]
        return next_on_grid(now_ms, period_ms, seed_of(f"{group} {self._topic}") % period_ms)

    def frames(self, now_ms: int) -> list[bytes]:
        if self._listing.series.clamp(now_ms) < now_ms:
            return []
        due = [group for group, due_ms in self._due_ms.items() if due_ms <= now_ms]
        return [one for group in due for one in self._delta(self._part(group, now_ms), now_ms)]

    def _part(self, group: str, now_ms: int) -> Row:
        listing, derived = self._listing, self._derived
        if group == "book":
            return self._with_direction(rows.book(listing, now_ms))
        if group == "mark":
            return rows.mark(listing, derived, now_ms)
        if group == "interest":
            return rows.interest(listing, derived, now_ms)
        # A trade changes the price too: what is missing from a delta has not changed.
        return {
            **rows.day(listing, now_ms),
            **rows.hour_ago(listing, now_ms),
            **rows.funding(listing, derived, now_ms),
            **self._with_direction(rows.book(listing, now_ms)),
        }

    def _with_direction(self, book: Row) -> Row:
        before, price = float(self._sent["lastPrice"]), float(book["lastPrice"])
        if price == before:
            return book
        return {**book, "tickDirection": "PlusTick" if price > before else "MinusTick"}

    def _delta(self, part: Row, now_ms: int) -> list[bytes]:
        changed = {key: value for key, value in part.items() if self._sent.get(key) != value}
        if not changed:
            return []
        self._sent |= changed
        return [self._frame("delta", now_ms, {"symbol": self._listing.symbol, **changed})]

    def _frame(self, kind: str, now_ms: int, data: Row) -> bytes:
        return frame(self._topic, kind, now_ms, data, cs=_SEQUENCE_START + now_ms // 10)


class SpotTickerFeed:
    """Always whole, without the book."""

    def __init__(self, topic: str, target: Target, listing: Listing, rate: float) -> None:
        self.target = target
        self._topic = topic
        self._listing = listing
        self._rate = rate

    def first(self, now_ms: int) -> list[bytes]:
        row = rows.spot_ticker(self._listing, now_ms)
        for name in ("bid1Price", "bid1Size", "ask1Price", "ask1Size"):
            del row[name]
        sequence = now_ms // 100
        return [frame(self._topic, "snapshot", now_ms, row, cs=sequence)]

    def next_ms(self, now_ms: int) -> int:
        return next_update(self._listing.series, now_ms, self._rate)

    def frames(self, now_ms: int) -> list[bytes]:
        return [] if self._listing.series.clamp(now_ms) < now_ms else self.first(now_ms)


class BookFeed:
    """The top of the book: a snapshot when a price moves or after 3 s, else what sizes moved."""

    def __init__(self, topic: str, target: Target, listing: Listing, rate: float) -> None:
        self.target = target
        self._topic = topic
        self._listing = listing
        self._rate = rate
        self._sides: dict[str, list[str]] = {}
        self._snapshot_ms = 0
        self._update = 0

    def first(self, now_ms: int) -> list[bytes]:
        self._sides = self._read(now_ms)
        self._snapshot_ms = now_ms
        self._update += 1
        return [self._frame("snapshot", now_ms, self._sides)]

    def next_ms(self, now_ms: int) -> int:
        return min(
            next_update(self._listing.series, now_ms, self._rate),
            max(now_ms + 1, self._snapshot_ms + _QUIET_BOOK_MS),
        )

    def frames(self, now_ms: int) -> list[bytes]:
        if self._listing.series.clamp(now_ms) < now_ms:
            return []
        sides = self._read(now_ms)
        moved = any(sides[name][0] != self._sides[name][0] for name in sides)
        if moved or now_ms - self._snapshot_ms >= _QUIET_BOOK_MS:
            return self.first(now_ms)
        changed = {name: side for name, side in sides.items() if side != self._sides[name]}
        if not changed:
            return []
        self._sides = sides
        self._update += 1
        return [self._frame("delta", now_ms, changed)]

    def _read(self, now_ms: int) -> dict[str, list[str]]:
        row = rows.book(self._listing, now_ms)
        return {
            "b": [row["bid1Price"], row["bid1Size"]],
            "a": [row["ask1Price"], row["ask1Size"]],
        }

    def _frame(self, kind: str, now_ms: int, sides: dict[str, list[str]]) -> bytes:
        data = {
            "s": self._listing.symbol,
            "b": [sides["b"]] if "b" in sides else [],
            "a": [sides["a"]] if "a" in sides else [],
            "u": self._update,
            "seq": _SEQUENCE_START + now_ms // 10,
        }
        return frame(self._topic, kind, now_ms, data, cts=now_ms)


class KlineFeed:
    """The forming bar once a second; each closed bar once, with `confirm`."""

    def __init__(
        self, topic: str, target: Target, listing: Listing, interval: tuple[str, Timeframe]
    ) -> None:
        self.target = target
        self._topic = topic
        self._listing = listing
        self._name, self._timeframe = interval
        offset_ms = seed_of(topic) % _CANDLE_PERIOD_MS
        self._forming = FormingBar(listing.series, self._timeframe, _CANDLE_PERIOD_MS, offset_ms)

    def first(self, now_ms: int) -> list[bytes]:
        return self.frames(now_ms)

    def next_ms(self, now_ms: int) -> int:
        return self._forming.next_ms(now_ms)

    def frames(self, now_ms: int) -> list[bytes]:
        return [self._bar(open_ms, now_ms) for open_ms in self._forming.opens(now_ms)]

    def _bar(self, open_ms: int, now_ms: int) -> bytes:
        bar = bar_at(self._listing, self._timeframe, open_ms, now_ms)
        _, *prices, volume, turnover = rows.kline(self._listing, open_ms, bar)
        end_ms = self._timeframe.after(open_ms) - 1
        data = {
            "start": open_ms,
            "end": end_ms,
            "interval": self._name,
            **dict(zip(("open", "high", "low", "close"), prices, strict=True)),
            "volume": volume,
            "turnover": turnover,
            "confirm": now_ms > end_ms,
            "timestamp": now_ms,
        }
        return frame(self._topic, "snapshot", now_ms, [data])


class LiquidationFeed:
    """All forced closes of a symbol, those of half a second in one message."""

    def __init__(self, topic: str, target: Target, listing: Listing, cascades: Cascades) -> None:
        self.target = target
        self._topic = topic
        self._listing = listing
        self._cascades = cascades
        self._told_ms = 0

    def first(self, now_ms: int) -> list[bytes]:
        self._told_ms = now_ms
        return []

    def next_ms(self, now_ms: int) -> int:
        return self._cascades.next_ms(now_ms, _LIQUIDATION_GRID_MS)

    def frames(self, now_ms: int) -> list[bytes]:
        told_ms = min(self._told_ms, now_ms)
        first_ms = max(told_ms + 1, now_ms - _MANY_LIQUIDATIONS_MS)
        made = [
            rows.liquidation(self._listing, one)
            for one in self._cascades.between(first_ms, now_ms + 1)
            if one.series is self._listing.series
        ]
        self._told_ms = now_ms
        return [frame(self._topic, "snapshot", now_ms, made)] if made else []
