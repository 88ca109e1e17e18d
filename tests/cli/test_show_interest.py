"""`show oi`: the table's rows, what is unknown in it, and the store alone."""

import csv
import io
import json
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.support.interest_boards import a_leg, a_sample, an_interest_board
from tests.support.programs import run
from tui_monitor.boards.open_interest import RankedBy
from tui_monitor.cli.show_interest import interest_table
from tui_monitor.cli.tables import csv_text, eye_text
from tui_monitor.clock import BoardZone, SystemClock
from tui_monitor.model import MARK_MS
from tui_monitor.store import open_store

ZONE = BoardZone()


def test_the_table_has_all_windows_and_the_chosen_one_in_usd() -> None:
    """What is unknown is an empty field, and the note says why."""
    table = interest_table(an_interest_board(hours=4), ZONE)
    btc, _, doge = csv.DictReader(io.StringIO(csv_text(table)))
    assert (btc["rank"], btc["coin"], btc["oi_coins"]) == ("1", "BTC", "135000.0")
    shares = [btc[f"share_{name}_pct"] for name in ("binance", "bybit", "okx")]
    assert [float(share) if share else None for share in shares] == [
        *(pytest.approx(200 / 3), pytest.approx(100 / 3), None),
    ]
    assert "binance 67 % bybit 33 %" in eye_text(table)
    # As computed, for programs, and rounded for people.
    (row,) = (one for one in an_interest_board(hours=4).rows if one.coin == "BTC")
    assert float(btc["coins_24h_pct"]) == row.change(24).change_pct
    assert "11.11" in eye_text(table)
    assert float(btc["change_4h_usd"]) > 0
    assert (btc["long_accounts_pct"], btc["age_ms"], btc["note"]) == ("60.0", "4000", "")
    assert (doge["rank"], doge["change_4h_usd"], doge["coins_24h_pct"]) == ("", "", "")
    assert doge["note"] == "no value of 4 h ago"


def test_a_jump_is_named_and_the_summary_says_what_ranks() -> None:
    """With who is left out of the window because of it."""
    board = an_interest_board(jumped=True)
    past = [replace(one, reading=3, read=2) for one in board.past]
    table = interest_table(replace(board, past=past), ZONE)
    (eth,) = [row for row in csv.DictReader(io.StringIO(csv_text(table))) if row["coin"] == "ETH"]
    assert eth["note"].startswith("sum with bybit, change without it: x2 ")
    assert eth["note"].endswith("another way of counting")
    assert "1 coin has a part that is counted another way since" in table.summary
    assert "reading 2 of 3 histories from bybit" in table.summary
    assert "2 of 3 coins rank by absolute change of USD in 24 h" in eye_text(table)
    by_size = interest_table(an_interest_board(by=RankedBy.SIZE), ZONE)
    assert "3 of 3 coins rank by size" in by_size.summary


async def test_without_an_engine_it_comes_from_the_store(tmp_path: Path) -> None:
    """The newest samples stand for now, and that is said; a limit keeps the first rows."""
    folder = tmp_path / "data"
    folder.mkdir()
    clock = SystemClock()
    mark_ms = clock.now_ms() // MARK_MS * MARK_MS
    async with open_store(folder, clock, kind="real") as store:
        legs = [a_leg("BTC", coins=1000.0), a_leg("ETH", coins=10.0)]
        await store.record_interest([a_sample(leg, mark_ms) for leg in legs])
    at = ("--data-dir", str(folder))
    shown = await run(tmp_path, "show", "oi", *at)
    assert shown.code == 0, shown.err
    assert "no engine runs" in shown.out
    assert "BTC" in shown.out
    told = await run(tmp_path, "show", "oi", "--json", "--limit", "1", *at)
    assert [row["coin"] for row in json.loads(told.out)["rows"]] == ["BTC"]
