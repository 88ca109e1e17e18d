"""The instruments that one exchange has told us of."""

from collections.abc import Callable, Iterable, Mapping

from tui_monitor.model import Instrument, Market, Status

Guess = Callable[[str], Instrument | None]
"""What a symbol alone says; None for what is none of a market's."""

# Names from outside must not fill the memory: more than any exchange lists.
_MAX_PROVISIONAL = 5_000


class InstrumentBook:
    """Symbol → instrument; an unknown symbol gets a provisional one until its list is known."""

    def __init__(self, guess: Guess) -> None:
        self._guess = guess
        self._known: dict[str, Instrument] = {}
        self._provisional: dict[str, Instrument | None] = {}
        self._seen: dict[str, Instrument] = {}
        # A dict's own method: adapters ask it for every row of every frame.
        self.seen: Callable[[str], Instrument | None] = self._seen.get
        """What `find` would answer, where that is already known; else None."""

    def learn(self, instruments: Iterable[Instrument]) -> None:
        """Take definitions in; what is equal keeps its object (rows are found by it)."""
        for instrument in instruments:
            if self._known.get(instrument.symbol) != instrument:
                self._known[instrument.symbol] = self._seen[instrument.symbol] = instrument
                self._provisional.pop(instrument.symbol, None)

    def find(self, symbol: str) -> Instrument | None:
        """The instrument of a symbol; None for what is none of our markets."""
        known = self._known.get(symbol)
        if known is not None:
            return known
        if symbol in self._provisional:
            return self._provisional[symbol]
        if len(self._provisional) >= _MAX_PROVISIONAL:
            self._provisional.clear()
            self._seen.clear()
            self._seen.update(self._known)
        guessed = self._provisional[symbol] = self._guess(symbol)
        if guessed is not None:
            self._seen[symbol] = guessed
        return guessed

    def known(self, symbol: str) -> Instrument | None:
        """The instrument only if the exchange itself has defined it."""
        return self._known.get(symbol)

    @property
    def count(self) -> int:
        """How many instruments are defined."""
        return len(self._known)

    def live(self) -> list[Instrument]:
        """The defined ones that trade, in the order in which they were defined."""
        return [one for one in self._known.values() if one.status is Status.LIVE]


Books = Mapping[Market, InstrumentBook]


def books_of(
    guesses: Mapping[Market, Guess], known: Iterable[Instrument] = ()
) -> dict[Market, InstrumentBook]:
    """A book for each market; those of `known` are in it that are its own."""
    found = {market: InstrumentBook(guess) for market, guess in guesses.items()}
    for one in known:
        found[one.market].learn([one])
    return found
