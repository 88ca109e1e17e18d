"""The open-interest board whole, and the ranking in the originals' shape."""

import msgspec
import pytest
from msgspec.structs import replace

from tests.api.harness import endpoint
from tests.support.interest_boards import COINS, an_interest_board
from tests.support.virtual_time import in_virtual_time
from tui_monitor.boards.open_interest import LeftOut, OpenInterestBoard, RankedBy
from tui_monitor.model import Exchange

BOARD = "/api/boards/oi"
TOP = "/api/oitop"
FIELDS = [
    *("symbol", "rank", "current_oi", "oi_delta", "oi_delta_percent", "oi_delta_value"),
    *("price_delta_percent", "net_long", "net_short"),
]
BTC_OI = COINS["BTC"][0] * 1.5


@in_virtual_time
async def test_the_board_is_its_struct_whole() -> None:
    """What a screen gets is what a client gets."""
    async with endpoint() as served:
        answer = await served.get(BOARD)
        board = msgspec.convert(answer["data"], OpenInterestBoard)
        assert board == await served.source.interest_board()
        assert answer["count"] == len(board.rows) == len(COINS)


@in_virtual_time
async def test_window_order_exchange_and_number_can_be_asked_for() -> None:
    """Each changes what it names; the totals are of all rows."""
    async with endpoint() as served:
        board = (await served.get(BOARD, hours="1", by="size", limit="2"))["data"]
        assert (board["hours"], board["by"], board["coins"]) == (1, "size", len(COINS))
        assert [row["coin"] for row in board["rows"]] == ["BTC", "ETH"]
        one = (await served.get(BOARD, exchange="bybit"))["data"]
        assert one["exchanges"] == ["bybit"]
        assert all(leg["exchange"] == "bybit" for row in one["rows"] for leg in row["legs"])


@pytest.mark.parametrize(
    ("path", "name", "value"),
    [
        (BOARD, "hours", "2"),
        (BOARD, "by", "price"),
        (BOARD, "exchange", "mtgox"),
        (TOP, "limit", "0"),
        (TOP, "exchange", "mtgox"),
    ],
)
@in_virtual_time
async def test_what_there_is_not_is_refused(path: str, name: str, value: str) -> None:
    """By the name of the parameter."""
    async with endpoint() as served:
        status, error = await served.refused(path, **{name: value})
        assert status == 400
        assert name in error["error"]


@in_virtual_time
async def test_the_ranking_has_the_originals_fields() -> None:
    """In their order, about 24 h, with when it was and what it means."""
    async with endpoint() as served:
        answer = await served.get(TOP, limit="2")
        data = answer["data"]
        assert answer["count"] == data["count"] == len(data["positions"]) == 2
        assert list(data["positions"][0])[: len(FIELDS)] == FIELDS
        assert (data["time_range"], data["update_interval"]) == ("24h", "3分钟")
        assert answer["update"] == data["last_update"]
        assert "accounts, not positions" in data["note"]
        assert data["exchange"] is None
        assert (await served.get(TOP, exchange="bybit"))["data"]["exchange"] == "bybit"


@in_virtual_time
async def test_the_ranking_is_measured() -> None:
    """Deltas in coins and USD, the largest first whatever its sign; sides by the account ratio."""
    async with endpoint() as served:
        btc, eth, _ = (await served.get(TOP))["data"]["positions"]
        assert (btc["symbol"], btc["rank"], eth["symbol"], eth["rank"]) == (
            *("BTCUSDT", 1),
            *("ETHUSDT", 2),
        )
        assert btc["current_oi"] == pytest.approx(BTC_OI)
        assert btc["oi_delta"] == pytest.approx(BTC_OI * 0.1)
        assert btc["oi_delta_percent"] == pytest.approx(100 / 9)
        assert btc["oi_delta_value"] == pytest.approx(BTC_OI * 0.1 * COINS["BTC"][1])
        assert btc["price_delta_percent"] == pytest.approx(0.0)
        assert btc["net_long"] == pytest.approx(BTC_OI * 0.6)
        assert btc["net_short"] == pytest.approx(BTC_OI * 0.4)
        assert eth["oi_delta_value"] < 0


@in_virtual_time
async def test_every_figure_follows_from_the_rows_own() -> None:
    """Of the perpetuals known at both ends; the total has another set, and its own names."""
    async with endpoint() as served:
        served.source.interest = an_interest_board(jumped=True)
        _, eth, _ = (await served.get(TOP))["data"]["positions"]
        # What Bybit counts another way since is in the total, and in nothing else.
        assert (eth["exchanges"], eth["total_exchanges"]) == (["binance"], ["binance", "bybit"])
        assert eth["current_oi"] == pytest.approx(COINS["ETH"][0])
        assert eth["total_oi"] == pytest.approx(COINS["ETH"][0] * 1.5)
        assert eth["oi_delta"] == pytest.approx(eth["current_oi"] - eth["past_oi"])
        assert eth["oi_delta_percent"] == pytest.approx(eth["oi_delta"] / eth["past_oi"] * 100)
        assert eth["oi_delta_value"] == pytest.approx(
            eth["current_oi_value"] - eth["past_oi_value"]
        )
        assert eth["price_delta_percent"] == pytest.approx(
            (eth["price"] / eth["past_price"] - 1) * 100, abs=1e-9
        )
        share = eth["long_accounts_percent"] / 100
        assert eth["net_long"] == pytest.approx(eth["current_oi"] * share)
        assert eth["net_short"] == pytest.approx(eth["current_oi"] * (1 - share))
        assert [one["exchange"] for one in eth["left_out"]] == ["bybit"]
        assert eth["remarks"][0].startswith("sum with bybit, change without it")


@in_virtual_time
async def test_a_part_that_nobody_told_is_named() -> None:
    """Beside the total that lacks it, and in the board's own words."""
    async with endpoint() as served:
        board = await served.source.interest_board()
        silent = LeftOut(exchange=Exchange.OKX, symbol="BTC-USDT-SWAP", reason="not told")
        btc = replace(board.rows[0], missing=[silent])
        served.source.interest = replace(board, rows=[btc], partial=1)
        (told,) = (await served.get(TOP))["data"]["positions"]
        assert told["missing"] == [
            {"exchange": "okx", "symbol": "BTC-USDT-SWAP", "reason": "not told"}
        ]
        assert "sum without okx: not told" in told["remarks"]
        assert (await served.get(BOARD))["data"]["partial"] == 1


@in_virtual_time
async def test_what_is_unknown_is_null_with_a_reason() -> None:
    """A coin without a past has no rank and no delta; one without a ratio has no sides."""
    async with endpoint() as served:
        doge = (await served.get(TOP))["data"]["positions"][-1]
        assert doge["current_oi"] == doge["total_oi"] > 0
        assert doge["exchanges"] == doge["total_exchanges"]
        nulls = ("rank", "oi_delta", "oi_delta_percent", "oi_delta_value", "price_delta_percent")
        assert [doge[name] for name in nulls] == [None] * len(nulls)
        assert doge["reason"] == "no value of 24 h ago"
        btc = (await served.get(TOP, exchange="bybit"))["data"]["positions"][0]
        assert (btc["net_long"], btc["net_short"]) == (None, None)
        assert "no exchange has told its account ratio" in btc["remarks"]


@in_virtual_time
async def test_a_ranking_by_change_is_not_shared_with_one_by_size() -> None:
    """Who asks at the same time may ask for another order."""
    async with endpoint() as served:
        by_size = (await served.get(BOARD, hours="24", by="size"))["data"]
        by_change = (await served.get(BOARD, hours="24"))["data"]
        assert [row["rank"] for row in by_size["rows"]] == [1, 2, 3]
        assert [row["rank"] for row in by_change["rows"]] == [1, 2, None]
        assert by_size["by"] == RankedBy.SIZE.value
