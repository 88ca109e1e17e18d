"""Export, import into an empty store, export: the same bytes."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.store.builders import (
    COINS,
    DAY_END_MS,
    DAY_MS,
    NOW_MS,
    ZONE,
    StillClock,
    a_day,
    a_hole,
    a_price,
    content_of,
)
from tui_monitor.clock import SLOT_MS
from tui_monitor.model import Hole, HoleState, OffSlotPrice, PriceSource, SlotPrice
from tui_monitor.store import Scope, export, import_file, open_store


@pytest.fixture(autouse=True)
def data_folder(tmp_path: Path) -> None:
    """The stores' folders."""
    for name in ("data", "other"):
        (tmp_path / name).mkdir(exist_ok=True)


def a_scope(end_ms: int = DAY_MS + 4 * SLOT_MS, min_coins: int = 2) -> Scope:
    """Two hours of the day."""
    return Scope(
        start_ms=DAY_MS,
        end_ms=end_ms,
        zone=ZONE,
        coins=COINS,
        min_coins=min_coins,
        now_ms=NOW_MS,
    )


async def round_trip(
    rows: list[SlotPrice], samples: list[OffSlotPrice], folder: Path, form: str, whats: list[str]
) -> None:
    """Export, import into an empty store, export: the same bytes."""
    scope = a_scope(end_ms=DAY_END_MS + 86_400_000)
    async with open_store(folder / "data", StillClock(), kind="real") as first:
        await first.record_prices(rows, [a_hole(3, "ETH", HoleState.UNOBTAINABLE, "=a, b")])
        await first.record_off_slot(samples)
        done = [await export(first, what, form, scope, folder=folder / "1") for what in whats]
    async with open_store(folder / "other", StillClock(), kind="real") as second:
        for exported in done:
            report = await import_file(second, exported.path, ZONE, COINS, NOW_MS)
            assert report.refused == []
            assert report.taken == exported.rows
        for what, exported in zip(whats, done, strict=True):
            again = await export(second, what, form, scope, folder=folder / "2")
            assert again.rows == exported.rows
            assert content_of(again.path) == content_of(exported.path), what


def a_history() -> tuple[list[SlotPrice], list[OffSlotPrice]]:
    """Two days with gaps, own bases, late observations, samples within and without reach."""
    rows = [
        row for row in a_day() + a_day(day=1) if (row.slot_ms // SLOT_MS + ord(row.coin[0])) % 7
    ]
    rows += [
        a_price(5, "BTC", 101.123456, PriceSource.IMPORT, late_ms=95_000, own_base=99.87654321),
        a_price(6, "ETH", 0.00001234, PriceSource.TICKER, late_ms=-3_210, own_base=None),
    ]
    samples = [
        OffSlotPrice(observed_ms=DAY_MS + offset, coin="BTC", price=99.5, own_base=base)
        for offset, base in (
            (120_001, None),
            (SLOT_MS - 120_001, 98.0),
            (SLOT_MS - 60_000, 98.0),
            (700_499, None),
        )
    ]
    return rows, samples


@pytest.mark.parametrize("whats", [["prices"], ["sum"], ["prices", "sum", "missing"]])
async def test_the_csvs_go_round(tmp_path: Path, whats: list[str]) -> None:
    """Each of the three; the missing list only makes sense beside the prices."""
    await round_trip(*a_history(), tmp_path, "csv", whats)


async def test_a_missing_csv_alone_gives_back_its_holes(tmp_path: Path) -> None:
    """Each row becomes one, with its reason."""
    hole = a_hole(3, "ETH", HoleState.UNOBTAINABLE, "=a, b")
    async with open_store(tmp_path / "data", StillClock(), kind="real") as first:
        await first.record_prices([], [hole])
        done = await export(first, "missing", "csv", a_scope(), folder=tmp_path)
    async with open_store(tmp_path / "other", StillClock(), kind="real") as second:
        await import_file(second, done.path, ZONE, COINS, NOW_MS)
        holes: dict[tuple[int, str], Hole] = {
            (row.slot_ms, row.coin): row for row in await second.holes(0, NOW_MS, 100)
        }
        assert len(holes) == done.rows == 12
        assert holes[hole.slot_ms, "ETH"].reason == "=a, b"
        again = await export(second, "missing", "csv", a_scope(), folder=tmp_path)
        assert content_of(again.path) == content_of(done.path)


async def test_json_lines_go_round(tmp_path: Path) -> None:
    """At full precision, samples with their milliseconds."""
    await round_trip(*a_history(), tmp_path, "jsonl", ["prices"])


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.lists(
        st.builds(
            a_price,
            slot=st.integers(0, 60),
            coin=st.sampled_from(COINS),
            price=st.floats(1e-7, 1e12),
            source=st.sampled_from(list(PriceSource)),
            late_ms=st.integers(-119_000, 119_000),
        ),
        max_size=30,
    ),
    st.sampled_from(["csv", "jsonl"]),
)
async def test_any_history_goes_round(
    tmp_path_factory: pytest.TempPathFactory, rows: list[SlotPrice], form: str
) -> None:
    """Whatever the prices."""
    folder = tmp_path_factory.mktemp("round")
    for name in ("data", "other"):
        (folder / name).mkdir()
    await round_trip(rows, [], folder, form, ["prices"])


@pytest.mark.parametrize("form", ["csv", "jsonl"])
async def test_the_widest_change_there_can_be_goes_round(tmp_path: Path, form: str) -> None:
    """From the smallest price that a CSV can show to the largest: a change of 22 digits."""
    for name in ("data", "other"):
        (tmp_path / name).mkdir(exist_ok=True)
    rows = [a_price(slot=0, coin="BTC", price=1e-7), a_price(slot=1, coin="BTC", price=1e12)]
    await round_trip(rows, [], tmp_path, form, ["prices"])
