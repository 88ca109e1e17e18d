"""Liquidations as files: what the originals recorded comes in, ours goes out and back."""

import json
from pathlib import Path

import pytest

from tests.store.events import an_event, told
from tests.support.programs import run
from tui_monitor.clock import SystemClock
from tui_monitor.store import open_store

HOURLY = {
    "timestamp": 1768489313,
    "datetime": "2026-01-15 23:01:53",
    "hour_1_amount": 4.42,
    "panic_index": 0.0962,
    "hour_24_amount": 227.33,
    "total_position": 105.3,
}


async def test_an_import_says_what_it_put_right(tmp_path: Path) -> None:
    """Each cause with its lines, what it refused too; exit code 3 for the latter."""
    zero = {**HOURLY, "timestamp": 1768489380, "datetime": "2026-01-15 23:03:00"}
    bad = {**HOURLY, "hour_1_amount": -1}
    path = tmp_path / "records.jsonl"
    records = (HOURLY, {**zero, "hour_1_amount": 0}, bad)
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    done = await run(tmp_path, "import", str(path), "--data-dir", str(tmp_path / "data"))
    assert done.code == 3
    assert "2 taken, 2 minutes of the aggregate source" in done.out
    assert "corrected 2 lines 1-2: amounts from before 2026-01-16 17:05:13" in done.err
    assert "corrected line 2: 0 stands for unknown: hour_1_amount" in done.err
    assert "refused line 3: hour_1_amount is negative" in done.err


async def test_records_never_mix_with_a_simulators(tmp_path: Path) -> None:
    """The folder of another kind of history takes none; that of the same kind does."""
    path = tmp_path / "records.jsonl"
    path.write_text(json.dumps(HOURLY) + "\n")
    folder = ("--data-dir", str(tmp_path / "data"))
    (tmp_path / "data").mkdir()
    async with open_store(tmp_path / "data", SystemClock(), kind="simulator"):
        pass
    done = await run(tmp_path, "import", str(path), *folder)
    assert (done.code, done.err.count("\n")) == (1, 1), done.err
    assert "holds simulator history: real records never mix with it" in done.err
    done = await run(tmp_path, "import", str(path), *folder, "--simulator", "http://127.0.0.1:9")
    assert "1 taken" in done.out, done.err


@pytest.mark.parametrize("form", ["csv", "jsonl"])
async def test_events_and_minutes_go_out_and_come_back(tmp_path: Path, form: str) -> None:
    """Two files, for they are two tables; a second import finds everything there."""
    (tmp_path / "data").mkdir()
    async with open_store(tmp_path / "data", SystemClock(), kind="real") as store:
        await store.record_liquidations([an_event(1), an_event(2, None)])
        await store.record_liquidation_minutes([told(0), told(1), told(2)])
    folder = ("--data-dir", str(tmp_path / "data"))
    other = ("--data-dir", str(tmp_path / "other"))
    files = []
    for rows, options in ((2, ()), (3, ("--minutes",))):
        path = tmp_path / f"{rows}.{form}"
        done = await run(
            tmp_path,
            *("export", "liquidations", *options, "--format", form, "-o", str(path), *folder),
        )
        assert (done.code, done.out.strip()) == (0, f"{path}: {rows} rows"), done.err
        files.append(str(path))
    done = await run(tmp_path, "import", *files, *other)
    assert done.code == 0, done.err
    assert "2 taken, 2 liquidations" in done.out
    assert "3 taken, 3 liquidation minutes" in done.out
    # - is the standard output, as for every other program.
    piped = await run(tmp_path, "export", "liquidations", "--format", form, "-o", "-", *folder)
    assert (piped.code, piped.out) == (0, (tmp_path / f"2.{form}").read_bytes().decode()), piped.err
    again = await run(tmp_path, "import", *files, *other)
    assert "2 taken, 2 were there" in again.out
    assert "3 taken, 3 were there" in again.out


async def test_minutes_are_of_liquidations(tmp_path: Path) -> None:
    """Anything else with --minutes is a wrong usage."""
    done = await run(tmp_path, "export", "sum", "--minutes", "--data-dir", str(tmp_path))
    assert done.code == 2
    assert "sum has no --minutes" in done.err
