"""The system board: what it sums up of exchanges, and the report on markets."""

import pytest
from msgspec.structs import replace

from tests.support.boards import NOW_MS, a_status
from tests.support.system_boards import (
    a_channel,
    a_database,
    a_health,
    a_limit,
    a_list,
    a_process,
    a_system_board,
    some_healths,
)
from tui_monitor.boards.markets import market_report
from tui_monitor.boards.system import (
    SEVERITY,
    channel_key,
    stored_system_board,
    system_board,
)
from tui_monitor.model import Exchange, FeedState, Market


def test_every_state_has_its_severity() -> None:
    """A state without one could be no exchange's worst."""
    assert set(SEVERITY) == set(FeedState)
    assert len(SEVERITY) == len(FeedState)


def test_an_exchange_is_as_well_as_its_worst_connection() -> None:
    """And its sums are over all of them."""
    lines = {line.exchange: line for line in a_system_board().exchanges}
    assert [line.state for line in lines.values()] == [
        FeedState.BANNED, FeedState.LIVE, FeedState.BRIDGED, FeedState.SILENT,
    ]  # fmt: skip
    assert (lines[Exchange.BYBIT].connections, lines[Exchange.BYBIT].live) == (4, 3)
    assert lines[Exchange.BITGET].reconnects == 12


def test_an_exchange_that_is_not_watched_is_off_and_has_no_rows() -> None:
    """What it would have is nobody's trouble."""
    board = a_system_board([a_health(Exchange.OKX, enabled=False), a_health(Exchange.BYBIT)])
    assert [line.state for line in board.exchanges] == [FeedState.OFF, FeedState.LIVE]
    named = [line.exchange for line in board.connections]
    named += [line.exchange for line in board.lists]
    named += [line.exchange for line in board.limits]
    assert set(named) == {Exchange.BYBIT}


def test_an_exchange_without_connections_yet_is_starting() -> None:
    """Not live: nothing is known of it."""
    board = a_system_board([a_health(Exchange.OKX, channels=[], markets=[], limits=[])])
    assert board.exchanges[0].state is FeedState.STARTING
    assert board.exchanges[0].messages_per_s is None


def test_a_rate_that_is_not_known_is_absent_and_not_zero() -> None:
    """Neither in the row nor in the sum."""
    known, unknown = a_channel(), a_channel(market=Market.SPOT)
    health = a_health(Exchange.OKX, channels=[known, unknown])
    board = system_board(a_status(), [health], {channel_key(known): 3.5}, a_process(), a_database())
    assert [line.messages_per_s for line in board.connections] == [3.5, None]
    assert board.exchanges[0].messages_per_s == 3.5


def test_a_list_has_an_age_once_it_was_read() -> None:
    """Also where the exchange's clock set it a little into our future."""
    markets = [
        a_list(),
        a_list(Market.SPOT, read_ms=None, instruments=None),
        a_list(read_ms=NOW_MS + 50),
    ]
    board = a_system_board([a_health(Exchange.OKX, markets=markets)])
    assert [line.age_ms for line in board.lists] == [600_000, None, 0]


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://fapi.binance.com", "fapi.binance.com"),
        ("http://user:secret@127.0.0.1:5100/okx", "127.0.0.1:5100"),
        ("stream.binance.com:9443", "stream.binance.com:9443"),
        ("", ""),
    ],
)
def test_of_an_address_the_host_is_shown(address: str, host: str) -> None:
    """Never who logs in there."""
    health = a_health(Exchange.OKX, host=address, channels=[a_channel(host=address)])
    board = a_system_board([health])
    assert board.exchanges[0].host == board.connections[0].host == host


@pytest.mark.parametrize(("used", "allowed", "pct"), [(480, 1920, 25.0), (5, 0, None)])
def test_a_limits_share_is_of_what_we_allow_ourselves(
    used: float, allowed: float, pct: float | None
) -> None:
    """Where we allow nothing there is no share."""
    limit = a_limit(used=used, allowed=allowed)
    board = a_system_board([a_health(Exchange.OKX, limits=[limit])])
    assert board.limits[0].used_pct == pct


def test_a_database_that_cannot_be_read_leaves_its_error() -> None:
    """The rest of the board is there."""
    board = system_board(a_status(), some_healths(), {}, a_process(), "locked by another program")
    assert board.database is None
    assert board.database_error == "locked by another program"
    assert board.connections


def test_without_an_engine_only_the_database_is_known() -> None:
    """And the board says that nothing runs."""
    board = stored_system_board(NOW_MS, "Asia/Shanghai", a_database())
    assert not board.running
    assert board.process is None
    assert board.connections == []
    assert board.database == replace(a_database())


def test_a_coins_completeness_is_its_share_of_all_markets() -> None:
    """Two markets an exchange; those with most first, then by name."""
    report = market_report(
        {
            (Exchange.BINANCE, Market.SPOT): ["BTC", "AAA"],
            (Exchange.BINANCE, Market.PERP): ["BTC"],
            (Exchange.OKX, Market.SPOT): ["BTC"],
            (Exchange.OKX, Market.PERP): ["BTC", "ZZZ"],
        }
    )
    assert [(one.coin, one.completeness_pct) for one in report.coins] == [
        ("BTC", 100.0), ("AAA", 25.0), ("ZZZ", 25.0),
    ]  # fmt: skip
    binance = report.exchanges[0]
    assert (binance.spot, binance.perp, binance.coverage_pct) == (2, 1, 50.0)


def test_without_any_list_there_is_no_coverage() -> None:
    """Neither 0 % nor an error."""
    empty = market_report({(Exchange.OKX, Market.PERP): []})
    assert empty.coins == []
    assert empty.exchanges[0].coverage_pct is None
    assert market_report({}).exchanges == []
