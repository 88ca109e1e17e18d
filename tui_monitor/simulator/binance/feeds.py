"""Binance's streams: what each pushes, and when. None of them begins with a snapshot."""

from collections.abc import Callable

import msgspec

from tui_monitor.simulator.binance import events
from tui_monitor.simulator.binance.bars import SPOT_INTERVALS, bar_at
from tui_monitor.simulator.binance.catalog import UM, Pair, is_crypto
from tui_monitor.simulator.binance.info import status_of
from tui_monitor.simulator.binance.names import Stream
from tui_monitor.simulator.binance.pushing import Build, Site
from tui_monitor.simulator.binance.rows import Row
from tui_monitor.simulator.cascades import latest_of_seconds
from tui_monitor.simulator.noise import seed_of
from tui_monitor.simulator.pushes import QuietFeed, next_on_grid
from tui_monitor.simulator.sockets import Feed
from tui_monitor.simulator.updates import last_update, next_update

Wrap = Callable[[str, bytes], bytes]
SECOND_MS = 1_000
_ALL_BOOKS_MS = 5_000
_BOOK_STEPS = 20
_MANY_LIQUIDATIONS_MS = 60_000


class _Timed(QuietFeed):
    """Looks at every multiple of a period (and an offset), and speaks of that very moment."""

    period_ms = SECOND_MS
    offset_ms = 0

    def __init__(self, site: Site, stream: Stream, wrap: Wrap) -> None:
        super().__init__(site.target(stream))
        self.site = site
        self.stream = stream
        self._wrap = wrap
        self._told_ms = 0

    def next_ms(self, now_ms: int) -> int:
        return now_ms + self.period_ms - (now_ms - self.offset_ms) % self.period_ms

    def frames(self, now_ms: int) -> list[bytes]:
        moment_ms = now_ms - (now_ms - self.offset_ms) % self.period_ms
        if moment_ms == self._told_ms:
            return []
        self._told_ms = moment_ms
        return [self._wrap(self.stream.name, payload) for payload in self.payloads(moment_ms)]

    def payloads(self, ms: int) -> list[bytes]:
        """What is pushed at a moment."""
        raise NotImplementedError

    def changed(self, pair: Pair, ms: int) -> bool:
        """Whether a symbol has changed since the moment before."""
        return last_update(pair.series, ms, self.site.rate) > ms - self.period_ms


class ArrayFeed(_Timed):
    """The symbols that have changed in a second, as one array."""

    def __init__(self, site: Site, stream: Stream, wrap: Wrap, build: Build) -> None:
        super().__init__(site, stream, wrap)
        self._build = build
        self.period_ms = site.paced(SECOND_MS)
        self.offset_ms = seed_of(stream.name) % self.period_ms

    def payloads(self, ms: int) -> list[bytes]:
        return self.site.shared_arrays(self.stream, ms, lambda: self._made(ms))

    def _made(self, ms: int) -> list[bytes]:
        pairs = [pair for pair in self.site.trading(ms) if self.changed(pair, ms)]
        made = self.site.array(self.stream, pairs, self._build, ms)
        return [] if made is None else [made]


class MarkArrayFeed(_Timed):
    """All contracts, also those that are settled: one array of crypto, one of the rest."""

    def __init__(self, site: Site, stream: Stream, wrap: Wrap) -> None:
        super().__init__(site, stream, wrap)
        self.period_ms = site.paced(SECOND_MS if stream.option else 3 * SECOND_MS)
        self.offset_ms = seed_of(stream.name) % self.period_ms

    def payloads(self, ms: int) -> list[bytes]:
        return self.site.shared_arrays(self.stream, ms, lambda: self._made(ms))

    def _made(self, ms: int) -> list[bytes]:
        settled = [pair for pair in self.site.catalog.rows(UM, ms) if not pair.trades(ms)]
        pairs = self.site.trading(ms) + settled
        groups = (
            [pair for pair in pairs if is_crypto(pair)],
            [pair for pair in pairs if not is_crypto(pair)],
        )
        made = [self.site.array(self.stream, group, mark, ms) for group in groups]
        return [payload for payload in made if payload is not None]


class AllBooksFeed(_Timed):
    """Every symbol's book, an object each, at most once in five seconds."""

    def __init__(self, site: Site, stream: Stream, wrap: Wrap) -> None:
        super().__init__(site, stream, wrap)
        self.period_ms = max(1, site.paced(_ALL_BOOKS_MS) // _BOOK_STEPS)

    def payloads(self, ms: int) -> list[bytes]:
        step = ms // self.period_ms % _BOOK_STEPS
        since_ms = ms - self.period_ms * _BOOK_STEPS
        made = [
            self.site.row(self.stream, pair, events.book_event(pair, ms))
            for pair in self.site.trading(ms)
            if seed_of(pair.symbol) % _BOOK_STEPS == step
            and last_update(pair.series, ms, self.site.rate) > since_ms
        ]
        return [payload for payload in made if payload is not None]


class PairFeed(_Timed):
    """One symbol, every so often, if it has changed (or always)."""

    def __init__(
        self, site: Site, stream: Stream, wrap: Wrap, pair: Pair, build: Build, period_ms: int
    ) -> None:
        super().__init__(site, stream, wrap)
        self._pair = pair
        self._build = build
        self.period_ms = site.paced(period_ms)
        self.offset_ms = seed_of(stream.name) % self.period_ms

    def payloads(self, ms: int) -> list[bytes]:
        always = self.stream.kind == "markPrice"
        if not always and not (self._pair.trades(ms) and self.changed(self._pair, ms)):
            return []
        return [msgspec.json.encode(self._build(self._pair, ms))]


class BookFeed(QuietFeed):
    """One symbol's book at every change."""

    def __init__(self, site: Site, stream: Stream, wrap: Wrap, pair: Pair) -> None:
        super().__init__(site.target(stream))
        self._site = site
        self._name = stream.name
        self._wrap = wrap
        self._pair = pair

    def next_ms(self, now_ms: int) -> int:
        return next_update(self._pair.series, now_ms, self._site.rate)

    def frames(self, now_ms: int) -> list[bytes]:
        if not self._pair.trades(now_ms):
            return []
        payload = msgspec.json.encode(events.book_event(self._pair, now_ms))
        return [self._wrap(self._name, payload)]


class KlineFeed(QuietFeed):
    """The running bar when it has changed; each closed bar once, with `x` true."""

    def __init__(self, site: Site, stream: Stream, wrap: Wrap, pair: Pair) -> None:
        super().__init__(site.target(stream))
        self._site = site
        self._stream = stream
        self._wrap = wrap
        self._pair = pair
        self._timeframe = SPOT_INTERVALS[stream.option]
        slow_ms = SECOND_MS if stream.option == "1s" else 2 * SECOND_MS
        self._period_ms = site.paced(slow_ms if pair.is_spot else 250)
        self._offset_ms = seed_of(stream.name) % self._period_ms
        self._open_ms: int | None = None
        self._told_ms = 0

    def first(self, now_ms: int) -> list[bytes]:
        self._open_ms = self._timeframe.open_of(now_ms)
        return []

    def next_ms(self, now_ms: int) -> int:
        looks_ms = next_on_grid(now_ms, self._period_ms, self._offset_ms)
        return min(looks_ms, self._timeframe.after(self._timeframe.open_of(now_ms)))

    def frames(self, now_ms: int) -> list[bytes]:
        if not self._pair.trades(now_ms):
            return []
        open_ms, found = self._timeframe.open_of(now_ms), []
        if self._open_ms is not None and open_ms != self._open_ms:
            found.append(self._bar(self._open_ms, now_ms))
        self._open_ms = open_ms
        if last_update(self._pair.series, now_ms, self._site.rate) > self._told_ms:
            self._told_ms = now_ms
            found.append(self._bar(open_ms, now_ms))
        return found

    def _bar(self, open_ms: int, now_ms: int) -> bytes:
        kline = bar_at(self._pair, self._timeframe, open_ms, now_ms)
        row = events.kline_event(self._pair, self._stream.option, kline, now_ms)
        return self._wrap(self._stream.name, msgspec.json.encode(row))


class LiquidationFeed(_Timed):
    """Of each symbol the latest forced order of a second, at the second's end."""

    def __init__(self, site: Site, stream: Stream, wrap: Wrap) -> None:
        super().__init__(site, stream, wrap)
        self._until_ms = 0

    def first(self, now_ms: int) -> list[bytes]:
        self._until_ms = now_ms - now_ms % SECOND_MS
        return []

    def next_ms(self, now_ms: int) -> int:
        return self.site.process.second_ends_ms(now_ms)

    def payloads(self, ms: int) -> list[bytes]:
        since_ms = max(min(self._until_ms, ms), ms - _MANY_LIQUIDATIONS_MS)
        self._until_ms = ms
        found = []
        for made in latest_of_seconds(self.site.process.between(since_ms, ms)):
            pair = self.site.catalog.owner(made.series)
            if self.stream.symbol in (None, pair.symbol) and pair.exists(ms):
                row = events.liquidation_event(pair, made, ms)
                found.append(self.site.row(self.stream, pair, row))
        return [payload for payload in found if payload is not None]


class ContractFeed(_Timed):
    """Contracts whose status has changed, or that are gone."""

    period_ms = 2 * SECOND_MS

    def __init__(self, site: Site, stream: Stream, wrap: Wrap) -> None:
        super().__init__(site, stream, wrap)
        self._known: dict[str, tuple[Pair, str]] = {}

    def first(self, now_ms: int) -> list[bytes]:
        self._known = self._present(now_ms)
        return []

    def payloads(self, ms: int) -> list[bytes]:
        present = self._present(ms)
        changed = [entry for name, entry in present.items() if self._known.get(name) != entry]
        changed += [
            (pair, "SETTLING") for name, (pair, _) in self._known.items() if name not in present
        ]
        self._known = present
        return [
            msgspec.json.encode(events.contract_event(pair, status, ms)) for pair, status in changed
        ]

    def _present(self, ms: int) -> dict[str, tuple[Pair, str]]:
        root = self.site.root
        return {
            pair.symbol: (pair, status_of(root, pair, ms))
            for pair in self.site.catalog.rows(UM, ms)
            if not root.shared.faults.delisted(root.exchange, self.site.market, pair.symbol)
        }


def mark(pair: Pair, ms: int) -> Row:
    """The mark price of a contract."""
    if pair.derived is None:
        raise TypeError(f"{pair.symbol} is no contract")
    return events.mark_event(pair, pair.derived, ms)


def feed_of(site: Site, stream: Stream, wrap: Wrap, now_ms: int) -> Feed:
    """The feed of a stream; a silent one for a symbol that isn't listed."""
    if stream.symbol is None:
        return _of_all(site, stream, wrap)
    category = "spot" if site.market == "spot" else UM
    pair = site.catalog.find(category, stream.symbol, now_ms)
    if pair is None:
        return QuietFeed(site.target(stream))
    day_ms = SECOND_MS if pair.is_spot else 2 * SECOND_MS
    match stream.kind:
        case "ticker":
            return PairFeed(site, stream, wrap, pair, events.ticker_event, day_ms)
        case "miniTicker":
            return PairFeed(site, stream, wrap, pair, events.mini_event, day_ms)
        case "markPrice":
            period_ms = SECOND_MS if stream.option else 3 * SECOND_MS
            return PairFeed(site, stream, wrap, pair, mark, period_ms)
        case "bookTicker":
            return BookFeed(site, stream, wrap, pair)
        case "kline":
            return KlineFeed(site, stream, wrap, pair)
    return LiquidationFeed(site, stream, wrap)


def _of_all(site: Site, stream: Stream, wrap: Wrap) -> Feed:
    match stream.kind:
        case "ticker":
            return ArrayFeed(site, stream, wrap, events.ticker_event)
        case "miniTicker":
            return ArrayFeed(site, stream, wrap, events.mini_event)
        case "markPrice":
            return MarkArrayFeed(site, stream, wrap)
        case "bookTicker":
            return AllBooksFeed(site, stream, wrap)
        case "contractInfo":
            return ContractFeed(site, stream, wrap)
    return LiquidationFeed(site, stream, wrap)
