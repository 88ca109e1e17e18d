"""The commands of the database: what they say, what is gone afterwards, what is kept aside."""

import re
from pathlib import Path

import pytest

from tests.store.events import an_event
from tests.store.samples import a_signal
from tests.support.kept_rows import candles, spreads
from tests.support.programs import run
from tui_monitor.clock import MINUTE_MS, SystemClock
from tui_monitor.engine_lock import EngineLock
from tui_monitor.model import BAR_MS
from tui_monitor.store import open_store

HOUR_MS = 60 * MINUTE_MS
FEW_BARS = {"TUI_MONITOR_ANOMALIES__BARS": "16"}


async def filled(folder: Path) -> None:
    """Twenty hours of two perpetuals, and of the last ten a minute each."""
    clock = SystemClock()
    now_ms = clock.now_ms() // BAR_MS["1h"] * BAR_MS["1h"]
    async with open_store(folder, clock, kind="demo") as store:
        for number in range(20):
            await store.record_candles(candles(now_ms - (number + 1) * HOUR_MS, 2, "1h"))
        for number in range(10):
            await store.record_spreads(spreads(now_ms - number * HOUR_MS - 30 * MINUTE_MS))
        await store.record_signals([a_signal()])


def table_of(text: str) -> dict[str, list[str]]:
    """The cells of each line, by its first word."""
    lines = [re.split(r"  +", line) for line in text.splitlines() if line]
    return {cells[0]: cells[1:] for cells in lines}


async def test_info_tells_of_the_file_and_of_each_kind(tmp_path: Path) -> None:
    """Size, how long things are kept, symbols, bars, anomalies, rows and the oldest of each."""
    await filled(tmp_path)
    told = await run(tmp_path, "db", "info", "--data-dir", str(tmp_path))
    found = table_of(told.out)
    assert found["symbols"] == ["2"]
    assert found["klines"] == ["40 (binance 1h 40)"]
    assert found["anomalies 24h"] == ["0"]
    assert found["retention"][0].startswith("candles 24 h, anomalies 24 h, ")
    assert "interest by 5 min 3 d and by the hour 30 d" in found["retention"][0]
    assert found["retention"][0].endswith("no size limit")
    assert found["candles"][0] == "40"
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", found["candles"][1])
    assert found["slot_prices"] == ["0"]


@pytest.mark.parametrize(
    ("is_filled", "words"), [(True, "imported data; the first engine"), (False, "nothing yet; the")]
)
async def test_info_of_a_folder_that_no_engine_had(
    tmp_path: Path, is_filled: bool, words: str
) -> None:
    """An import says of nothing whether it is real."""
    async with open_store(tmp_path, SystemClock(), kind=None) as store:
        if is_filled:
            await store.record_signals([a_signal()])
    told = await run(tmp_path, "db", "info", "--data-dir", str(tmp_path))
    assert words in table_of(told.out)["holds"][0]


async def test_clean_beside_an_engine_says_how_that_does_it(tmp_path: Path) -> None:
    """It is not waited for."""
    await filled(tmp_path)
    with EngineLock(tmp_path).acquire({"pid": 1, "role": "daemon", "url": "http://127.0.0.1:5"}):
        done = await run(tmp_path, "db", "clean", "--force", "--data-dir", str(tmp_path))
    assert done.code == 1
    assert "POST /api/database/maintenance" in done.err


async def test_clean_tells_what_goes_and_asks_first(tmp_path: Path) -> None:
    """Parts of an hour count; without an answer, or with no, nothing is removed."""
    await filled(tmp_path)
    where = ("--data-dir", str(tmp_path))
    unasked = await run(tmp_path, "db", "clean", "--hours", "4.75", *where)
    assert unasked.code == 2
    assert "nobody answers" in unasked.err
    refused = await run(
        tmp_path, "db", "clean", "--hours", "4.75", *where, stdin=b"n\n", more=FEW_BARS
    )
    assert (refused.code, refused.out.splitlines()[-1]) == (0, "nothing removed")
    table = table_of(refused.out)
    assert table["candles"][:2] == ["40", "8"]
    assert re.search(
        r"^(22|24) candles as old stay: .* newest 16 of each series$", refused.out, re.MULTILINE
    )
    assert table["signals"] == ["1", table["signals"][-1]]
    kept = await run(tmp_path, "db", "info", *where)
    assert table_of(kept.out)["candles"][0] == "40"


@pytest.mark.parametrize("hours", ["nan", "inf"])
async def test_hours_that_are_no_number_remove_nothing(tmp_path: Path, hours: str) -> None:
    """They lie in every range, and would be a traceback."""
    await filled(tmp_path)
    refused = await run(
        tmp_path, "db", "clean", "--hours", hours, "--force", "--data-dir", str(tmp_path)
    )
    assert refused.code == 2
    assert f"{hours} is no number of hours" in refused.err
    assert refused.err.count("\n") == 1


async def test_forced_it_removes_what_is_old_and_no_more(tmp_path: Path) -> None:
    """By the time that rows are of; the bars that scores are made of and signals stay."""
    await filled(tmp_path)
    where = ("--data-dir", str(tmp_path))
    done = await run(tmp_path, "db", "clean", "--hours", "0", "--force", *where, more=FEW_BARS)
    assert done.code == 0
    assert re.fullmatch(
        r"removed 18 rows; [\d,]+ bytes before, [\d,]+ after", done.out.splitlines()[-1]
    )
    found = table_of((await run(tmp_path, "db", "info", *where)).out)
    assert [found[name][0] for name in ("candles", "spread_minutes", "signals")] == ["32", "0", "1"]
    checked = await run(tmp_path, "db", "check", *where)
    assert checked.out == "clean\n"


async def test_a_backup_is_a_database_of_its_own(tmp_path: Path) -> None:
    """Beside the one in use; a second one under the same name is refused."""
    copy = tmp_path / "new" / "monitor.sqlite3"
    where = ("--data-dir", str(tmp_path))
    async with open_store(tmp_path, SystemClock(), kind="demo") as store:
        await store.record_signals([a_signal()])
        missing = await run(tmp_path, "db", "backup", str(copy), *where)
        assert (missing.code, "there is no folder" in missing.err) == (2, True)
        copy.parent.mkdir()
        done = await run(tmp_path, "db", "backup", str(copy), *where)
        assert done.code == 0, done.err
        assert re.fullmatch(rf"{re.escape(str(copy))}: [\d,]+ bytes, checked\n", done.out)
        again = await run(tmp_path, "db", "backup", str(copy), *where)
        assert (again.code, again.err.count("\n")) == (2, 1)
        assert "exists" in again.err
    checked = await run(tmp_path, "db", "check", "--data-dir", str(copy.parent))
    assert checked.out == "clean\n"
    found = table_of((await run(tmp_path, "db", "info", "--data-dir", str(copy.parent))).out)
    assert found["signals"][0] == "1"


async def test_an_archive_names_each_months_file(tmp_path: Path) -> None:
    """In the data folder, or where it was told to; import takes it."""
    where = ("--data-dir", str(tmp_path / "data"))
    (tmp_path / "data").mkdir()
    async with open_store(tmp_path / "data", SystemClock(), kind="demo") as store:
        empty = await run(tmp_path, "db", "archive", *where)
        assert (empty.code, empty.out) == (0, "no month is over yet\n")
        await store.record_liquidations([an_event(1), an_event(2)])
        path = tmp_path / "data" / "archive" / "liquidations-2026-01.jsonl.gz"
        told = [(await run(tmp_path, "db", "archive", *where)).out for _ in range(2)]
        assert told == [f"{path}: 2 rows, written\n", f"{path}: 2 rows, was there\n"]
        other = await run(tmp_path, "db", "archive", str(tmp_path / "else"), *where)
        assert other.out == f"{tmp_path / 'else' / path.name}: 2 rows, written\n"
    taken = await run(tmp_path, "import", str(path), "--data-dir", str(tmp_path / "new"))
    assert (taken.code, "2 taken, 2 liquidations" in taken.out) == (0, True), taken.err
