"""The sum curve's arithmetic and its honesty about what is missing."""

import gzip
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_monitor.boards import sum_curve
from tui_monitor.boards.sum_curve import Frame, LivePrice, NodeState
from tui_monitor.clock import DAY_MS, SLOT_MS, BoardZone, parse_day
from tui_monitor.model import CurveRow, Hole, HoleState, PriceSource, Reason, SlotPrice

ZONE = BoardZone()
DAY = ZONE.day_start_ms(parse_day("2026-01-04"))
SLOTS = range(DAY, DAY + DAY_MS, SLOT_MS)
COINS = ("BTC", "ETH", "SOL")


def a_frame(now_ms: int = DAY + DAY_MS, min_coins: int = 2, coins: Sequence[str] = COINS) -> Frame:
    return Frame(coins=tuple(coins), min_coins=min_coins, now_ms=now_ms, zone_name=ZONE.name)


def a_price(
    slot: int,
    coin: str,
    price: float,
    source: PriceSource = PriceSource.CANDLE_OPEN,
    own_base: float | None = None,
) -> SlotPrice:
    return SlotPrice(
        slot_ms=SLOTS[slot],
        coin=coin,
        price=price,
        source=source,
        observed_ms=SLOTS[slot] + 1,
        own_base=own_base,
    )


def nodes(
    prices: Sequence[SlotPrice], holes: Sequence[Hole] = (), frame: Frame | None = None
) -> tuple[list[sum_curve.Node], dict[int, list[sum_curve.CoinChange]]]:
    return sum_curve.nodes_of_day(SLOTS, prices, holes, frame or a_frame())


def test_a_node_sums_the_changes_since_the_days_first_slot() -> None:
    """Base is the price at 00:00; a mean is over the valid coins."""
    prices = [a_price(0, coin, 100.0) for coin in COINS]
    prices += [a_price(5, "BTC", 101.0), a_price(5, "ETH", 98.0), a_price(5, "SOL", 100.0)]
    found, _ = nodes(prices)
    assert found[0].sum_pct == 0.0
    assert found[5].sum_pct == pytest.approx(-1.0)
    assert found[5].mean_pct == pytest.approx(-1 / 3)
    assert (found[5].up, found[5].down, found[5].flat) == (1, 1, 1)
    assert (found[5].best_coin, found[5].worst_coin) == ("BTC", "ETH")


def test_a_missing_coin_is_null_with_a_reason_and_not_in_the_sum() -> None:
    """It never counts as 0, and the ledger's reason is shown."""
    prices = [a_price(0, coin, 100.0) for coin in COINS] + [
        a_price(1, "BTC", 110.0),
        a_price(1, "ETH", 90.0),
    ]
    hole = Hole(
        slot_ms=SLOTS[1],
        coin="SOL",
        state=HoleState.UNOBTAINABLE,
        reason=Reason.NO_BAR,
        tries=2,
        first_ms=1,
        last_ms=2,
    )
    found, coins = nodes(prices, [hole])
    assert (found[1].state, found[1].valid, found[1].expected) == (NodeState.PARTIAL, 2, 3)
    assert found[1].sum_pct == pytest.approx(0.0)
    sol = coins[SLOTS[1]][2]
    assert (sol.price, sol.change_pct, sol.reason) == (None, None, Reason.NO_BAR)


def test_a_coin_without_a_base_has_no_change() -> None:
    """A price alone says nothing about the day."""
    found, coins = nodes([a_price(1, "BTC", 110.0)])
    assert coins[SLOTS[1]][0].price == 110.0
    assert coins[SLOTS[1]][0].reason == Reason.BASE
    assert found[1].sum_pct is None


def test_too_few_coins_make_a_gap() -> None:
    """Under the minimum a node is not drawn, though its sum is known."""
    prices = [a_price(0, coin, 100.0) for coin in COINS] + [a_price(1, "BTC", 110.0)]
    found, _ = nodes(prices)
    assert found[1].state is NodeState.GAP
    assert not sum_curve.is_drawn(found[1])
    assert found[1].reason == "only 1 of 3 coins, 2 needed"


def test_only_due_slots_are_missing() -> None:
    """A slot is due 120 s after it begins; later ones are the future."""
    now = SLOTS[10] + 60_000
    found, _ = nodes([], frame=a_frame(now_ms=now))
    assert [node.state for node in found[9:12]] == [
        NodeState.MISSING,
        NodeState.FUTURE,
        NodeState.FUTURE,
    ]
    assert sum_curve.statistics(found, a_frame(now_ms=now)).due == 10


def test_a_last_trade_makes_a_node_provisional_until_the_open_comes() -> None:
    """The mark disappears with the bar's open."""
    base = [a_price(0, coin, 100.0) for coin in COINS]
    tick = [a_price(1, coin, 101.0, PriceSource.TICKER) for coin in COINS]
    assert nodes(base + tick)[0][1].provisional
    assert not nodes(base + [a_price(1, coin, 101.0) for coin in COINS])[0][1].provisional


def test_an_imported_row_keeps_its_own_base() -> None:
    """Files brought their own base price with each record."""
    prices = [a_price(0, "BTC", 100.0), a_price(1, "BTC", 110.0, PriceSource.IMPORT, own_base=50.0)]
    _, coins = nodes(prices)
    assert coins[SLOTS[1]][0].change_pct == pytest.approx(120.0)


def test_a_curve_row_becomes_the_same_node_as_its_prices() -> None:
    """One day computed and the same day summed in SQL agree."""
    row = CurveRow(slot_ms=SLOTS[3], sum_pct=-1.5, valid=3, up=1, down=2)
    (node,) = sum_curve.nodes_of_curve([SLOTS[3]], [row], a_frame())
    assert (node.state, node.sum_pct, node.mean_pct) == (NodeState.OK, -1.5, -0.5)
    bare = CurveRow(slot_ms=SLOTS[4], sum_pct=2.0, valid=0, up=0, down=0, sum_only=True)
    (node,) = sum_curve.nodes_of_curve([SLOTS[4]], [bare], a_frame())
    assert (node.state, node.mean_pct) == (NodeState.SUM_ONLY, None)
    assert sum_curve.is_drawn(node)


def test_statistics_count_what_is_drawn() -> None:
    """Records, range, completeness, interval, signs, extremes."""
    prices = [a_price(slot, coin, 100.0 + slot) for slot in (0, 1, 3) for coin in COINS]
    frame = a_frame(now_ms=SLOTS[4])
    found, _ = nodes(prices, frame=frame)
    stats = sum_curve.statistics(found, frame)
    assert (stats.records, stats.due) == (3, 4)
    assert stats.completeness_pct == pytest.approx(75.0)
    assert stats.mean_interval_s == pytest.approx(2700.0)
    assert (stats.up_nodes, stats.down_nodes, stats.flat_nodes) == (2, 0, 1)
    assert stats.max_slot_ms == SLOTS[3]
    assert stats.min_sum_pct == 0.0


def test_an_old_price_leaves_the_live_sum_with_its_age_as_reason() -> None:
    """A dead feed never shows a fresh-looking sum."""
    bases = {coin: a_price(0, coin, 100.0) for coin in COINS}
    lives = {
        "BTC": LivePrice(price=110.0, age_ms=500, exchange_ms=None, source="stream"),
        "ETH": LivePrice(price=120.0, age_ms=75_000, exchange_ms=None, source="stream"),
    }
    rows = sum_curve.live_changes(COINS, lives, bases, DAY + 1)
    assert [row.change_pct for row in rows] == [pytest.approx(10.0), None, None]
    assert [row.reason for row in rows] == [None, "last price is 75 s old", "no price yet"]


@given(st.lists(st.tuples(st.floats(0.001, 1e6), st.floats(0.001, 1e6)), min_size=1, max_size=27))
def test_the_sum_agrees_with_numpy(pairs: list[tuple[float, float]]) -> None:
    """An independent calculator gives the same number."""
    coins = [f"C{i}" for i in range(len(pairs))]
    prices = [a_price(0, coin, base) for coin, (base, _) in zip(coins, pairs, strict=True)]
    prices += [a_price(1, coin, price) for coin, (_, price) in zip(coins, pairs, strict=True)]
    found, _ = nodes(prices, frame=a_frame(coins=coins, min_coins=1))
    base, price = np.array(pairs).T
    expected = float(np.sum((price - base) / base * 100))
    assert found[1].sum_pct == pytest.approx(expected, rel=1e-12, abs=1e-9)


def test_recorded_nodes_recompute(shared_data: Path) -> None:
    """Σ of the recorded changes is the recorded total, within the recorder's rounding."""
    path = shared_data / "originals" / "coin_prices_30min_2026-01-03_2026-03-03.jsonl.gz"
    with gzip.open(path, "rt") as file:
        records: list[dict[str, Any]] = [json.loads(line) for line in file][:1300]
    checked = 0
    for record in records:
        coins = tuple(record["day_changes"])
        prices = [
            a_price(1, coin, row["current_price"], own_base=row["base_price"])
            for coin, row in record["day_changes"].items()
            if row["current_price"] and row["base_price"]
        ]
        total = record.get("total_change")
        if total is None or len(prices) < len(coins):
            continue
        found, _ = nodes(prices, frame=a_frame(coins=coins))
        assert found[1].sum_pct == pytest.approx(total, abs=2e-3)
        checked += 1
    assert checked > 1000
