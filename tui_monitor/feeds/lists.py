"""Lists of instruments on disk: rows stand at once, and while an exchange can't be asked."""

from collections.abc import Iterable, Sequence
from math import isfinite
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Raw, Struct

from tui_monitor.feeds.kept import KeptFile, Note, warn
from tui_monitor.feeds.reading import UNREADABLE
from tui_monitor.model import Exchange, Instrument, Market
from tui_monitor.printable import printable

MAX_BYTES = 8 * 1024 * 1024
MAX_INSTRUMENTS = 20_000
_MAX_NAME = 64
_OLDEST_MS, _NEWEST_MS = 1_500_000_000_000, 4_102_444_800_000

_Millis = Annotated[int, Meta(ge=_OLDEST_MS, lt=_NEWEST_MS)]


class _Contents(Struct, frozen=True):
    version: Literal[1]
    at_ms: _Millis
    instruments: Annotated[list[Raw], Meta(max_length=MAX_INSTRUMENTS)]


class ListCache:
    """One file a market, `instruments-okx-perp.json`; `folder` must be there to save."""

    def __init__(self, folder: Path, note: Note = warn) -> None:
        self._folder = folder
        self._note = note

    def load(self, exchange: Exchange, market: Market) -> tuple[list[Instrument], int] | None:
        """The list that was saved last and when the exchange gave it; None if there is none.

        A damaged file is none, with a note that says why; then the one before it counts. What is
        odd in a good file is left out.
        """
        contents = self._file(exchange, market).load()
        if contents is None:
            return None
        read = (_read(item) for item in contents.instruments)
        found = self._sound(exchange, market, read)
        return (found, contents.at_ms) if found else None

    def save(
        self, exchange: Exchange, market: Market, instruments: Sequence[Instrument], at_ms: int
    ) -> None:
        """Keep a list, without what is odd; what can't be kept is worth a note, no more."""
        if not _OLDEST_MS <= at_ms < _NEWEST_MS:
            self._note(f"the list of {exchange} {market} is not kept: its time is {at_ms}")
            return
        sound = self._sound(exchange, market, instruments)[:MAX_INSTRUMENTS]
        if sound:
            items = [Raw(msgspec.json.encode(one)) for one in sound]
            self._file(exchange, market).save(_Contents(1, at_ms, items))

    def _file(self, exchange: Exchange, market: Market) -> KeptFile[_Contents]:
        # From the enumerations, whatever is given: nothing from outside becomes a path.
        name = f"instruments-{Exchange(exchange).value}-{Market(market).value}.json"
        return KeptFile(self._folder / name, _Contents, max_bytes=MAX_BYTES, note=self._note)

    def _sound(
        self, exchange: Exchange, market: Market, read: Iterable[Instrument | str]
    ) -> list[Instrument]:
        """The good ones, each symbol once; a note says what the others were."""
        sound: dict[str, Instrument] = {}
        problems: list[str] = []
        for one in read:
            problem = one if isinstance(one, str) else _problem(exchange, market, one)
            if not problem and isinstance(one, Instrument):
                sound.setdefault(one.symbol, one)
            else:
                problems.append(problem)
        if problems:
            count = len(problems)
            self._note(f"list of {exchange} {market}: {count} left out, as {problems[0]}")
        return list(sound.values())


_INSTRUMENT = msgspec.json.Decoder(Instrument)


def _read(item: Raw) -> Instrument | str:
    """An instrument, or what is wrong with it."""
    try:
        return _INSTRUMENT.decode(item)
    except UNREADABLE as error:
        return printable(str(error), 120)


def _problem(exchange: Exchange, market: Market, one: Instrument) -> str:
    """What the types don't say; "" if all is well."""
    shown = printable(one.symbol)
    if (one.exchange, one.market) != (exchange, market):
        return f"{shown} is of {one.exchange} {one.market}"
    for text in (one.symbol, one.coin, one.quote):
        if not text or printable(text, _MAX_NAME) != text:
            return f"{shown} has a name that is empty, too long or not printable"
    if one.listed_ms is not None and not 0 <= one.listed_ms < _NEWEST_MS:
        return f"{shown} was listed at {one.listed_ms}"
    numbers = (one.multiplier, one.contract_size, one.tick_size, one.funding_interval_h)
    if any(value is not None and not (isfinite(value) and value > 0) for value in numbers):
        return f"{shown} has a number that can't be"
    return ""
