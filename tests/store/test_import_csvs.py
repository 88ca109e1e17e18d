"""Taking the three CSV files in."""

from tests.store.builders import COINS, DAY_END_MS, DAY_MS, NOW_MS, ZONE, a_price
from tests.store.importing import nodes, take
from tui_monitor.clock import SLOT_MS
from tui_monitor.model import HoleState, Reason
from tui_monitor.store import Store
from tui_monitor.store.imports import LINES_A_BATCH

BOM = "\ufeff"
FULL = "日期,时间,时间戳,币种,基准价格(00:00),当前价格,涨跌幅(%)"
SUM = "日期,时间,时间戳,27币涨跌幅总和(%)"
MISSING = "日期,时间,币种,原因"
TWO = [(1, "BTC", 90_900.0, 90_000.0), (1, "ETH", 2_970.0, 3_000.0)]


async def test_the_full_csv_is_taken_row_by_row(store: Store) -> None:
    """Rows of one time are one record; a time that is 8 h off is known and told once."""
    rows = [
        BOM + FULL,
        f"2026-01-05,00:30:00,{DAY_MS // 1000 + 30_600},BTC,90000.00000000,90900.00000000,1.0000",
        f"2026-01-05,00:30:00,{DAY_MS // 1000 + 30_600},ETH,3000.00000000,2970.00000000,-1.0000",
        f"2026-01-05,01:00:00,{(DAY_MS + 2 * SLOT_MS) // 1000},BTC,0.00000000,0.00000000,0.0000",
        f"2026-01-05,01:00:00,{(DAY_MS + 2 * SLOT_MS) // 1000},ETH,,3.00000000,",
        "2026-01-05,01:30:00,1e9,BTC,1.0,1.0,0.0",
        "2026-01-05,01:30:00,BTC",
        f'2026-01-05,02:00:00,{(DAY_MS + 4 * SLOT_MS) // 1000},"BTC,1.0,1.0,0.0',
        f"2026-01-05,02:00:00,{(DAY_MS + 4 * SLOT_MS) // 1000},BTC,nan,1_0,٣",
    ]
    report = await take(store, "\r\n".join(rows).encode() + b"\r\n", "full.csv")
    assert (report.shape, report.taken) == ("prices CSV", 3)
    assert await nodes(store) == [*TWO, (2, "ETH", 3.0, None)]
    assert [line for line, _ in report.refused] == [4, 6, 7, 8, 9]
    assert report.doubtful == [
        (2, "timestamp is 28800 s ahead (local read as UTC); the written time is taken"),
        (4, "no valid base: ETH"),
    ]


async def test_a_record_of_the_full_csv_may_lie_across_batches(store: Store) -> None:
    """What belongs together is judged together."""
    rows = [BOM + FULL]
    for slot in range(LINES_A_BATCH):
        at_ms = DAY_MS + slot * SLOT_MS
        rows += [
            f"{ZONE.format(at_ms, '%Y-%m-%d,%H:%M:%S')},{at_ms // 1000},{coin},5.0,5.0,0.0000"
            for coin in COINS
        ]
    report = await take(store, "\r\n".join(rows).encode(), "full.csv")
    assert report.taken == report.slot_prices == LINES_A_BATCH * len(COINS)
    flat = [line for line, words in report.doubtful if "all 3 coins" in words]
    assert len(flat) == LINES_A_BATCH - 5  # midnights
    assert all((line - 2) % 3 == 0 for line in flat)


async def test_the_sum_csv_becomes_sums_of_slots(store: Store) -> None:
    """A time that is 360 s off is known; exact zeros are doubtful, odd rows refused."""
    rows = [
        BOM + SUM,
        f"2026-01-05,00:00,{DAY_MS // 1000 - 360},0.0000",
        f"2026-01-05,00:30,{(DAY_MS + SLOT_MS) // 1000},-12.3456",
        f"2026-01-05,01:00,{(DAY_MS + 2 * SLOT_MS) // 1000},0.0000",
        f"2026-01-05,01:15,{(DAY_MS + 2 * SLOT_MS) // 1000 + 900},1.0000",
        f"2026-01-05,01:00,{(DAY_MS + 2 * SLOT_MS) // 1000},2.0000",
        f"2026-01-05,01:30,{(DAY_MS + 3 * SLOT_MS) // 1000},",
    ]
    report = await take(store, "\r\n".join(rows).encode(), "sum.csv")
    assert (report.taken, report.sums) == (3, 3)
    assert [row.sum_pct for row in await store.imported_sums(DAY_MS, DAY_END_MS)] == [
        0.0,
        -12.3456,
        0.0,
    ]
    assert [line for line, _ in report.refused] == [5, 6, 7]
    assert [line for line, _ in report.doubtful] == [2, 4]
    changed = await take(
        store, "\r\n".join([*rows[:2], rows[2].replace("3456", "9")]).encode(), "sum.csv"
    )
    assert (changed.sums, changed.unchanged) == (1, 1)
    assert "takes the place of the sum -12.3456" in changed.doubtful[-1][1]


async def test_the_missing_csv_becomes_holes(store: Store) -> None:
    """In our words; what has a price or is known already stays as it is."""
    await store.record_prices([a_price(2, "BTC")])
    rows = [
        BOM + MISSING,
        "2026-01-05,00:30,BTC,整个时间点缺失",
        "2026-01-05,00:30,ETH,单币缺失",
        "2026-01-05,01:00,BTC,单币缺失",
        "2026-01-05,01:30,BTC,the dog ate it",
        "2026-01-05,01:31,BTC,单币缺失",
        "2026-01-20,12:30,BTC,单币缺失",
        "2026-01-05,01:30,DOGE,单币缺失",
    ]
    report = await take(store, "\r\n".join(rows).encode(), "missing.csv")
    assert (report.taken, report.holes) == (4, 3)
    holes = await store.holes(0, NOW_MS, 10)
    assert [(hole.coin, hole.reason, hole.state) for hole in holes] == [
        ("BTC", Reason.WHOLE_SLOT, HoleState.MISSING),
        ("ETH", Reason.COIN, HoleState.MISSING),
        ("BTC", "the dog ate it", HoleState.MISSING),
    ]
    assert [(line, words[:12]) for line, words in report.refused] == [
        (6, "01:31 is no "),
        (7, "the slot is "),
        (8, "not among th"),
    ]
