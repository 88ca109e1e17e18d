"""`show anomalies`, `show picks`, `export anomalies`: for a person and for a script."""

import csv
import io
import json
from pathlib import Path

import msgspec
import pytest

from tests.source.test_anomalies import OPEN_MS, a_head, put
from tests.support.anomaly_boards import a_pick, an_anomaly
from tests.support.programs import run
from tui_monitor.boards.anomalies import State
from tui_monitor.boards.picks import PicksBoard
from tui_monitor.cli.show_anomalies import anomalies_table, picks_table
from tui_monitor.cli.tables import csv_text, eye_text
from tui_monitor.clock import BoardZone, SystemClock
from tui_monitor.model import Exchange
from tui_monitor.store import open_store

ZONE = BoardZone()


def some_picks() -> PicksBoard:
    """One."""
    return PicksBoard(
        board="picks",
        now_ms=OPEN_MS,
        exchange=Exchange.BINANCE,
        bar="15m",
        evaluated_ms=OPEN_MS,
        close_ms=OPEN_MS,
        candidates=30,
        kept=20,
        rows=[a_pick("PEPE", 1, OPEN_MS)],
        left_out=[],
        reason="no engine runs",
    )


def test_the_table_of_anomalies_has_each_measure() -> None:
    """And in its summary the bar, the exchange, how many there are, and why they are not of now."""
    head = msgspec.structs.replace(
        a_head(), rows=[an_anomaly("PEPE", 3.2, OPEN_MS)], reason="no engine runs"
    )
    table = anomalies_table(head, ZONE)
    (row,) = csv.DictReader(io.StringIO(csv_text(table)))
    assert (row["rank"], row["symbol"], row["score"]) == ("1", "PEPEUSDT", "3.2")
    assert (row["price_z"], row["n"]) == ("10.5", "96")
    assert (row["reason_price"], row["reason_volume"]) == ("true", "false")
    text = eye_text(table)
    assert "binance's 15m bar 2026-11-20 07:45 to 08:00" in text
    assert "2 of 150 judged perpetuals, judged" in text
    few = msgspec.structs.replace(head, counts={State.NORMAL: 34, State.INSUFFICIENT: 116})
    said = "0 of 34 judged perpetuals (not judged: insufficient 116), judged"
    assert said in eye_text(anomalies_table(few, ZONE))
    assert "no engine runs" in text


def test_the_table_of_picks_has_the_four_parts() -> None:
    """They add up to the score."""
    table = picks_table(some_picks(), ZONE)
    (row,) = csv.DictReader(io.StringIO(csv_text(table)))
    parts = [float(value) for name, value in row.items() if name.endswith("_points")]
    assert float(row["score"]) == pytest.approx(sum(parts), abs=0.05)
    assert (row["last_score"], row["max_score"]) == ("41.0", "57.5")
    assert "the best of 30 candidates" in eye_text(table)


def test_what_was_never_judged_is_said_to_be_so() -> None:
    """No bar, no time and no count; then why."""
    early = msgspec.structs.replace(a_head(), evaluated_ms=None, reason="the bars are being read")
    said = eye_text(anomalies_table(early, ZONE))
    assert "no 15m bar of binance was judged yet\nthe bars are being read" in said
    assert "of 150" not in said
    board = msgspec.structs.replace(some_picks(), rows=[], evaluated_ms=None, reason="")
    said = eye_text(picks_table(board, ZONE))
    assert "no picks of binance were scored yet" in said
    assert "bars up to" in eye_text(picks_table(some_picks(), ZONE))


async def test_without_an_engine_they_come_from_the_store(tmp_path: Path) -> None:
    """The newest judged bar; the export has every row."""
    folder = tmp_path / "data"
    folder.mkdir()
    async with open_store(folder, SystemClock(), kind="real") as store:
        await put(store)
    at = ("--data-dir", str(folder))
    told = await run(tmp_path, "show", "anomalies", "--json", "--limit", "1", *at)
    assert told.code == 0, told.err
    assert [row["coin"] for row in json.loads(told.out)["rows"]] == ["PEPE"]
    picks = await run(tmp_path, "show", "picks", *at)
    assert picks.code == 0, picks.err
    assert "nothing was scored yet" in picks.out
    export = await run(tmp_path, "export", "anomalies", *at)
    assert export.code == 0, export.err
    rows = list(csv.DictReader(io.StringIO(export.out.removeprefix("\ufeff"))))
    assert sorted(row["coin"] for row in rows) == ["PEPE", "SOL", "X"]
