"""The quarantine: who is in it, why, and since when."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.boards.quotes import BINANCE, BITGET, BYBIT, OKX, PERP, SPOT, Quotes, an_instrument
from tui_monitor.boards.same_coin import Doubt, Suspect
from tui_monitor.boards.same_coin.before import FOUND_AGAIN_S, kept_before
from tui_monitor.boards.same_coin.identity import SameCoin
from tui_monitor.boards.same_coin.judge import judge
from tui_monitor.model import Exchange, Instrument, Market, Status
from tui_monitor.model.place import place_of

NAMES = [(exchange, market) for exchange in Exchange for market in Market]


def indices(quotes: Quotes, prices: dict[Exchange, float], coin: str = "LINK") -> None:
    for exchange, price in prices.items():
        quotes.index(an_instrument(exchange, PERP, coin), price)
    quotes.refresh()


def suspects(quotes: Quotes) -> dict[Exchange, Suspect]:
    return {one.exchange: one for one in quotes.same.suspects()}


def test_a_look_alike_is_another_coin() -> None:
    """With its price, the median of the others, their ratio, and since when."""
    quotes = Quotes()
    indices(quotes, {BINANCE: 10.0, OKX: 10.1, BYBIT: 9.9, BITGET: 16.0})
    (found,) = quotes.same.suspects()
    assert (found.exchange, found.doubt) == (BITGET, Doubt.ANOTHER_COIN)
    assert (found.price, found.others_price, found.ratio, found.others) == (16.0, 10.0, 1.6, 3)
    assert found.since_ms == quotes.now.ms
    assert found.text == "another coin: 1.6 × 3 others' median"


@pytest.mark.parametrize("ratio", [1000.0, 0.001, 1150.0, 10.0, 0.085])
def test_a_power_of_ten_contradicts_the_multiplier(ratio: float) -> None:
    """Whichever way the name was misread."""
    quotes = Quotes()
    indices(quotes, {BINANCE: 10.0, OKX: 10.0 * ratio, BYBIT: 10.0})
    (found,) = quotes.same.suspects()
    assert (found.exchange, found.doubt) == (OKX, Doubt.MULTIPLIER)
    assert found.ratio == pytest.approx(ratio)


def test_exactly_twenty_per_cent_is_inside() -> None:
    """The smallest bit more is not."""
    quotes = Quotes()
    indices(quotes, {BINANCE: 10.0, OKX: 12.0, BYBIT: 10.0})
    assert not suspects(quotes)
    indices(quotes, {OKX: 12.01})
    assert set(suspects(quotes)) == {OKX}


def test_of_two_that_disagree_both_are_out() -> None:
    """Nobody can tell which is the coin, although one is 17 % below the other, not 20."""
    quotes = Quotes()
    indices(quotes, {BINANCE: 10.0, OKX: 12.1})
    assert set(suspects(quotes)) == {BINANCE, OKX}
    assert suspects(quotes)[OKX].text.endswith("1.21 × the other leg; which is right can't be told")


def test_of_two_a_power_of_ten_apart_the_multiplied_name_is_wrong() -> None:
    """1000CAT that costs what CAT costs is no thousand of them."""
    quotes = Quotes()
    plain = an_instrument(BINANCE, coin="CAT")
    thousand = an_instrument(OKX, coin="CAT", symbol="1000CATUSDT", multiplier=1000)
    quotes.index(plain, 0.02)
    quotes.index(thousand, 0.00002)
    quotes.refresh()
    (found,) = quotes.same.suspects()
    assert (found.symbol, found.multiplier) == ("1000CATUSDT", 1000)
    assert found.text == "multiplier contradicts: 0.001 × the other leg, after × 1000"


def test_two_against_two_are_all_out() -> None:
    """Two coins of one name, each on two exchanges."""
    quotes = Quotes()
    indices(quotes, {BINANCE: 10.0, OKX: 10.0, BYBIT: 14.0, BITGET: 14.0})
    assert len(suspects(quotes)) == 4


def test_who_was_held_in_doubt_leaves_as_soon_as_it_is_clear() -> None:
    """With the first two prices nobody can tell; with the third the innocent one is free."""
    quotes = Quotes()
    indices(quotes, {BINANCE: 10.0, OKX: 14.0})
    assert set(suspects(quotes)) == {BINANCE, OKX}
    quotes.wait(1)
    indices(quotes, {BINANCE: 10.0, OKX: 14.0, BYBIT: 10.0})
    assert set(suspects(quotes)) == {OKX}


def test_at_the_start_a_verdict_waits_for_the_coins_other_legs() -> None:
    """Barred it is at once, but told of only when all have a price, or half a minute is over."""
    for third, seconds, held in ((10.0, 1, {OKX}), (None, 29, set()), (None, 31, {BINANCE, OKX})):
        quotes = Quotes()
        quotes.funding(an_instrument(BYBIT, PERP, "LINK"), 0.0001, 8, 1)
        indices(quotes, {BINANCE: 10.0, OKX: 14.0})
        since_ms = quotes.now.ms
        assert not suspects(quotes)
        assert quotes.same.barred(quotes.table).sum() == 2
        quotes.wait(seconds)
        indices(quotes, {BINANCE: 10.0, OKX: 14.0} | ({BYBIT: third} if third else {}))
        assert set(suspects(quotes)) == held, (third, seconds)
        assert all(one.since_ms == since_ms for one in suspects(quotes).values())


def test_a_leg_does_not_flap_at_the_edge() -> None:
    """In at 20 %, out after a minute within 15 %; what happens in between changes nothing."""
    quotes = Quotes()
    indices(quotes, {BINANCE: 10.0, OKX: 12.1, BYBIT: 10.0})
    since_ms = quotes.now.ms
    for price, seconds, held, settled in (
        (11.8, 70, True, False),
        (11.4, 1, True, True),
        (11.4, 58, True, True),
        (11.6, 1, True, False),
        (11.4, 1, True, True),
        (11.4, 30, True, True),
        (11.4, 30, False, False),
    ):
        quotes.wait(seconds)
        indices(quotes, {BINANCE: 10.0, OKX: price, BYBIT: 10.0})
        assert (OKX in suspects(quotes)) is held, price
        if held:
            assert suspects(quotes)[OKX].settled is settled
            assert suspects(quotes)[OKX].since_ms == since_ms


def test_a_start_ends_no_stay() -> None:
    """Who is found again soon after it has been in all the time; later it is a new stay."""
    apart = {BINANCE: 10.0, OKX: 16.0, BYBIT: 10.0}
    for wait_s, is_old in ((0, True), (FOUND_AGAIN_S - 1, True), (FOUND_AGAIN_S + 1, False)):
        quotes = Quotes()
        first_ms = quotes.now.ms - 86_400_000
        kept = {(OKX, PERP, an_instrument(OKX, PERP, "LINK").symbol): first_ms}
        quotes.same.remember(kept, quotes.now)
        assert kept_before(quotes.same.kept(quotes.now)) == kept
        quotes.wait(wait_s)
        indices(quotes, apart)
        since_ms = first_ms if is_old else quotes.now.ms
        assert suspects(quotes)[OKX].since_ms == since_ms
        assert set(kept_before(quotes.same.kept(quotes.now)).values()) == {since_ms}


def test_what_was_found_before_it_is_remembered_has_been_in_too() -> None:
    """The store answers when prices have come already; it can't put a beginning off."""
    quotes = Quotes()
    indices(quotes, {BINANCE: 10.0, OKX: 16.0, BYBIT: 10.0})
    now_ms = quotes.now.ms
    symbol = an_instrument(OKX, PERP, "LINK").symbol
    for kept_ms, since_ms in ((now_ms + 9, now_ms), (now_ms - 9, now_ms - 9)):
        quotes.same.remember({(OKX, PERP, symbol): kept_ms}, quotes.now)
        assert suspects(quotes)[OKX].since_ms == since_ms


def test_a_silent_leg_keeps_its_verdict() -> None:
    """An old price proves nothing, for or against."""
    quotes = Quotes()
    indices(quotes, {BINANCE: 10.0, OKX: 16.0, BYBIT: 10.0})
    quotes.wait(31)
    for _ in range(2):
        indices(quotes, {BINANCE: 16.0, BYBIT: 16.0})
        assert set(suspects(quotes)) == {OKX}
        quotes.wait(61)
    indices(quotes, {BINANCE: 99.0, BYBIT: 99.0})
    assert set(suspects(quotes)) == {OKX}


def test_what_is_delisted_leaves_the_quarantine() -> None:
    """There is nothing to warn of."""
    quotes = Quotes()
    indices(quotes, {BINANCE: 10.0, OKX: 16.0, BYBIT: 10.0})
    quotes.market.relist(replace(an_instrument(OKX), status=Status.DELISTED))
    quotes.refresh()
    assert not suspects(quotes)


def test_the_index_speaks_before_mark_last_and_book() -> None:
    """A wild book is no other coin; spot has its last price, or its mid."""
    quotes = Quotes()
    indices(quotes, {BINANCE: 10.0, OKX: 10.0})
    quotes.book(an_instrument(OKX), 20.0, 21.0, last=20.0)
    quotes.book(an_instrument(BYBIT, SPOT), 9.0, 11.0, last=10.5)
    quotes.book(an_instrument(BITGET, SPOT), 19.0, 21.0)
    quotes.refresh()
    (found,) = quotes.same.suspects()
    assert (found.exchange, found.price) == (BITGET, 20.0)


def test_settings_overrule_prices() -> None:
    """`same` is never out, `not_same` always, whatever it costs."""
    same = SameCoin([place_of("bitget:LINK")], [place_of("okx:perp:LINKUSDT")])
    quotes = Quotes(same=same)
    indices(quotes, {BINANCE: 10.0, OKX: 10.0, BYBIT: 10.0, BITGET: 16.0})
    (found,) = quotes.same.suspects()
    assert (found.exchange, found.doubt) == (OKX, Doubt.SETTINGS)
    quotes.wait(100)
    indices(quotes, {BINANCE: 10.0, OKX: 10.0, BYBIT: 10.0})
    assert set(suspects(quotes)) == {OKX}


def test_what_the_settings_hold_is_compared_all_the_same() -> None:
    """Its price as soon as it has one, the ratio as soon as others have theirs."""
    quotes = Quotes(same=SameCoin(not_same=[place_of("okx:perp:LINKUSDT")]))

    def told() -> tuple[float | None, float | None, float | None, int]:
        found = suspects(quotes)[OKX]
        assert (found.doubt, found.text) == (Doubt.SETTINGS, "named in spreads.not_same")
        return found.price, found.others_price, found.ratio, found.others

    quotes.book(an_instrument(OKX), None, None)
    quotes.refresh()
    assert told() == (None, None, None, 0)
    indices(quotes, {OKX: 15.0})
    assert told() == (15.0, None, None, 0)
    indices(quotes, {BINANCE: 10.0})
    assert told() == (15.0, 10.0, 1.5, 1)
    indices(quotes, {BYBIT: 10.0, BITGET: 50.0})
    assert told() == (15.0, 10.0, 1.5, 2)


def test_a_slot_shows_its_other_symbol_instead_of_a_suspect() -> None:
    """Where an exchange lists a coin twice and one of them is something else."""
    quotes = Quotes()
    thousand = an_instrument(OKX, coin="CAT", symbol="1000CATUSDT", multiplier=1000)
    quotes.book(thousand, 0.9, 1.1, last=1.0, turnover_24h_usd=900.0)
    quotes.book(an_instrument(OKX, coin="CAT"), 9.0, 11.0, last=10.0, turnover_24h_usd=1.0)
    for exchange in (BINANCE, BYBIT):
        quotes.book(an_instrument(exchange, coin="CAT"), 9.0, 11.0, last=10.0)
    quotes.refresh()
    (found,) = quotes.same.suspects()
    assert found.symbol == "1000CATUSDT"
    shown = quotes.table.row(0, 1)
    assert shown is not None
    assert shown.instrument.symbol == "CATUSDT"
    assert not quotes.same.barred(quotes.table).any()


def test_a_symbol_that_is_not_shown_is_judged_too() -> None:
    """It would be shown one day."""
    quotes = Quotes()
    thousand = an_instrument(OKX, coin="CAT", symbol="1000CATUSDT", multiplier=1000)
    quotes.book(thousand, 0.9, 1.1, last=1.0, turnover_24h_usd=1.0)
    for exchange in (OKX, BINANCE, BYBIT):
        quotes.book(an_instrument(exchange, coin="CAT"), 9.0, 11.0, last=10.0, turnover_24h_usd=9.0)
    quotes.refresh()
    assert [one.symbol for one in quotes.same.suspects()] == ["1000CATUSDT"]


@given(
    st.lists(st.floats(0.93, 1.07), min_size=3, max_size=8),
    st.data(),
    st.floats(1e-6, 1e6),
)
def test_only_what_was_planted_is_found(
    near: list[float], data: st.DataObject, level: float
) -> None:
    """Any minority of strangers, among legs that agree within a few per cent."""
    most = (len(near) - 1) // 2
    strange = data.draw(st.sets(st.integers(0, len(near) - 1), max_size=most))
    factors = {
        place: data.draw(st.sampled_from([0.001, 0.1, 0.4, 0.6, 1.5, 3.0, 10.0, 1000.0]))
        for place in strange
    }
    quotes = Quotes()
    for place, price in enumerate(near):
        exchange, market = NAMES[place]
        last = price * level * factors.get(place, 1.0)
        quotes.last(an_instrument(exchange, market), last)
    quotes.refresh()
    found = {(one.exchange, one.market): one.doubt for one in quotes.same.suspects()}
    assert set(found) == {NAMES[place] for place in strange}
    for place, factor in factors.items():
        is_power = factor in (0.001, 0.1, 10.0, 1000.0)
        assert (found[NAMES[place]] is Doubt.MULTIPLIER) == is_power


@given(st.lists(st.floats(0.01, 100.0), min_size=2, max_size=8), st.randoms())
def test_the_order_of_the_legs_changes_no_verdict(prices: list[float], random: Random) -> None:
    """Renaming exchanges renames the suspects."""
    places = list(range(len(prices)))
    random.shuffle(places)
    ones = [1.0] * len(prices)
    plain = judge(prices, ones)
    shuffled = judge([prices[place] for place in places], ones)
    assert [plain[place].doubt for place in places] == [one.doubt for one in shuffled]


def test_an_instrument_named_by_nothing_is_itself() -> None:
    """The default settings have no exceptions."""
    instrument: Instrument = an_instrument()
    assert not place_of("binance:perp:OTHERUSDT").has(instrument)
    assert not place_of("okx:LINK").has(instrument)
    assert place_of("binance:LINK").has(instrument)
