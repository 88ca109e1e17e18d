"""The boards of anomalies and picks, whole."""

import math

import msgspec

from tests.api.harness import endpoint
from tests.support.anomaly_boards import SCORES
from tests.support.virtual_time import in_virtual_time
from tui_monitor.boards.anomalies import AnomaliesBoard
from tui_monitor.boards.picks import PicksBoard


@in_virtual_time
async def test_boards_of_anomalies_and_picks_are_whole() -> None:
    """One coin alone, or the first rows."""
    async with endpoint() as served:
        board = (await served.get("/api/boards/anomalies"))["data"]
        assert msgspec.convert(board, AnomaliesBoard) == await served.source.anomalies_board()
        assert [row["coin"] for row in board["rows"]] == list(SCORES)
        one = await served.get("/api/boards/anomalies", coin="龙虾", exchange="okx", bar="5m")
        assert [row["coin"] for row in one["data"]["rows"]] == ["龙虾"]
        assert (one["data"]["exchange"], one["data"]["bar"]) == ("okx", "5m")
        picks = await served.get("/api/boards/picks", limit="1")
        assert picks["count"] == len(picks["data"]["rows"]) == 1
        assert msgspec.convert(picks["data"], PicksBoard).candidates == 30
        row = picks["data"]["rows"][0]
        parts = [value for name, value in row.items() if name.endswith("_points")]
        assert math.isclose(sum(parts), row["score"])


@in_virtual_time
async def test_a_bar_that_there_is_not_is_refused() -> None:
    """By the name of the parameter; as is a coin that nobody lists, with the nearest."""
    async with endpoint() as served:
        status, error = await served.refused("/api/boards/anomalies", bar="2h")
        assert status == 400
        assert "bar" in error["error"]
        for path, coin in (("/api/boards/anomalies", "NOPE"), ("/api/symbols/NOPE/klines", "")):
            status, error = await served.refused(path, **({"coin": coin} if coin else {}))
            assert (status, error["error"]) == (404, "no exchange lists a coin 'NOPE'")
        # Listed, but not judged; listed, but without bars.
        none = (await served.get("/api/boards/anomalies", coin="BTC"))["data"]
        assert (none["rows"], none["reason"]) == ([], "binance lists no perpetual of BTC")
        bars = await served.get("/api/symbols/BTC/klines", interval="1h")
        assert (bars["count"], bars["data"]) == (0, [])
        assert bars["reason"] == "no 1h bars of BTC are stored"
