"""Settings that name an instrument which nobody lists."""

from tests.boards.quotes import BINANCE, OKX, PERP, SPOT, an_instrument
from tests.engine.test_spread_news import Line, news_to
from tests.support.virtual_time import in_virtual_time
from tui_monitor.config import Spreads
from tui_monitor.engine.named_places import LOOK_EVERY_S, NamedPlaces

LISTED = [
    an_instrument(OKX, PERP, "LINK"),
    an_instrument(OKX, SPOT, "LINK"),
    an_instrument(OKX, PERP, "PEPE"),
]


def test_an_entry_that_names_nothing_is_said_once_with_the_nearest() -> None:
    """Each of the three settings; those that name something are no news."""
    named = NamedPlaces(
        Spreads(
            same=("okx:perp:LINKUSDT", "okx:LINKS"),
            not_same=("okx:perp:PEPEUSDC", "okx:PEPE"),
            aliases=("okx:spot:QQQQ=BTC",),
        )
    )
    assert named.look(LISTED, 10.0) == []
    assert named.look(LISTED, 20.0) == [
        "spreads.aliases: okx:spot:QQQQ=BTC names nothing that okx spot lists",
        "spreads.not_same: okx:perp:PEPEUSDC names nothing that okx perp lists; "
        "the nearest is PEPEUSDT",
        "spreads.same: okx:LINKS names nothing that okx lists; the nearest is LINK",
    ]
    assert named.look(LISTED, 30.0) == []
    assert not named.is_due(1_000.0)


def test_an_exchange_whose_list_is_not_known_is_waited_for() -> None:
    """And a list that was half here at one look."""
    named = NamedPlaces(Spreads(not_same=("binance:perp:LINKUSDT", "okx:spot:PEPEUSDT")))
    for now_s in (10.0, 20.0, 30.0):
        assert named.look(LISTED[::2], now_s) == []
    assert named.look(LISTED, 40.0) == []
    there = [*LISTED, an_instrument(OKX, SPOT, "PEPE"), an_instrument(BINANCE, PERP, "LINK")]
    assert named.look(there, 50.0) == []
    assert not named.is_due(1_000.0)


def test_it_is_looked_for_seldom_and_only_where_something_is_named() -> None:
    """A look goes through all that is listed."""
    assert not any(NamedPlaces(Spreads()).is_due(now_s) for now_s in (0.0, 100.0))
    named = NamedPlaces(Spreads(same=("okx:LINK",)))
    assert [named.is_due(now_s) for now_s in (5.0, 5 + LOOK_EVERY_S)] == [False, True]
    named.look([], 5 + LOOK_EVERY_S)
    assert not named.is_due(6 + LOOK_EVERY_S)


@in_virtual_time
async def test_more_than_a_few_are_all_said() -> None:
    """None of them comes again."""
    lines: list[Line] = []
    news_to(lines).tell_of_unlisted([f"entry {number}" for number in range(20)])
    assert len(lines) == 20
    assert lines[0] == ("warning", "quarantine", "entry 0")
