"""`show coin`: a row for each fact, whose coin it is, what a limit keeps."""

import csv
import io
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.cli.test_bad_input import assert_one_line
from tests.support.boards import ZONE
from tests.support.coin_pages import a_coin_page
from tests.support.programs import run
from tui_monitor.cli.show_coin import COLUMNS, coin_table, limited_page
from tui_monitor.cli.tables import Cell, csv_text, eye_text


def test_every_part_has_its_rows() -> None:
    """Each row has all columns; what is unknown is empty."""
    page = a_coin_page()
    table = coin_table(page, ZONE)
    assert {row[0] for row in table.rows} == {
        *("prices", "premium", "liquidations", "liquidation", "anomaly", "open interest"),
        "funding",
    }
    assert {len(row) for row in table.rows} == {len(table.columns)}
    rows = {(row[0], row[2], row[4], row[1]): row for row in table.rows}
    assert rows["liquidations", "binance", "short", "1 h"][5:] == (
        *(Cell(2_500_000.0, "2500000.00"), "USD", "a lower bound", None, None, True),
    )
    assert rows["open interest", "bybit", "change", "24 h"][5] is None
    assert rows["open interest", "bybit", "change", "24 h"][7] == "no sample at its start"
    first = eye_text(table).splitlines()[0]
    assert first.startswith("BTC at 2026-01-16")
    assert f"({ZONE.name})" in first
    # What the notes tell people programs have in columns.
    found = list(csv.DictReader(io.StringIO(csv_text(table))))
    assert list(found[0]) == [*COLUMNS, "price", "heard", "lower_bound"]
    (event, *_) = (row for row in found if row["part"] == "liquidation")
    assert float(event["price"]) == page.liquidations.events[0].price
    assert event["heard"] == page.liquidations.events[0].heard
    assert "lower_bound" not in eye_text(table)


def test_parts_without_rows_say_why() -> None:
    """In the lines above the table."""
    page = a_coin_page()
    found = replace(page.anomalies, newest=[], reason="no anomaly of it \x1b[2J in 24 h")
    summary = coin_table(replace(page, anomalies=found, reason="no engine runs"), ZONE).summary
    assert "no engine runs" in summary
    assert "anomalies: no anomaly of it" in summary
    assert "\x1b" not in summary


def test_a_limit_keeps_the_newest_of_each_part() -> None:
    """Legs and venues are never left out."""
    page = a_coin_page()
    some = limited_page(page, 2)
    assert some.minutes == page.minutes[-2:]
    assert some.settlements == page.settlements[:2]
    assert some.liquidations.events == page.liquidations.events[:2]
    assert some.anomalies.newest == page.anomalies.newest[:2]
    assert some.interest.marks == page.interest.marks[-2:]
    assert (some.legs, some.liquidations.venues) == (page.legs, page.liquidations.venues)


@pytest.mark.parametrize("board", ["sum", "oi"])
async def test_only_the_page_is_of_one_coin(board: str, tmp_path: Path) -> None:
    """Any other board refuses the option before anybody is asked."""
    done = await run(tmp_path, "show", board, "--coin", "BTC")
    assert_one_line(done, 2, f"{board} is of all coins", "--coin is for coin", "--help")
