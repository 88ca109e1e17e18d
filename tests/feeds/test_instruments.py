"""The book of instruments: what is defined, what is guessed, what has been seen."""

from tui_monitor.feeds.instruments import InstrumentBook
from tui_monitor.feeds.okx.mapper import guess
from tui_monitor.model import Exchange, Instrument, Market, Status

AAA = Instrument(
    exchange=Exchange.OKX, market=Market.PERP, symbol="AAA-USDT-SWAP", coin="AAA",
    contract_size=10.0, status=Status.LIVE,
)  # fmt: skip


def test_what_has_been_found_is_seen() -> None:
    """The quick question has the slow one's answers, and none of its own."""
    book = InstrumentBook(guess)
    assert book.seen("AAA-USDT-SWAP") is None
    guessed = book.find("AAA-USDT-SWAP")
    assert guessed is not None
    assert book.seen("AAA-USDT-SWAP") is guessed
    assert book.find("AAA-USD-SWAP") is None
    assert book.seen("AAA-USD-SWAP") is None


def test_a_definition_replaces_what_was_guessed() -> None:
    """Contract sizes come with it: the guess must not live on anywhere."""
    book = InstrumentBook(guess)
    book.find("AAA-USDT-SWAP")
    book.learn([AAA])
    assert book.seen("AAA-USDT-SWAP") is AAA
    assert book.find("AAA-USDT-SWAP") is AAA


def test_names_from_outside_do_not_fill_the_memory() -> None:
    """What was guessed is forgotten when there is too much of it; definitions are not."""
    book = InstrumentBook(guess)
    book.learn([AAA])
    names = [f"B{number}-USDT" for number in range(6_000)]
    for name in names:
        book.find(name)
    assert book.seen(names[0]) is None
    assert book.seen(names[-1]) is not None
    assert sum(book.seen(name) is not None for name in names) <= 5_000
    assert book.seen("AAA-USDT-SWAP") is AAA
