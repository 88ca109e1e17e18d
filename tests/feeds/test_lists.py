"""Lists of instruments on disk: whole, bounded, and never a crash."""

import json
from pathlib import Path

import msgspec
import pytest

from tests.support.hostile import TEXTS
from tui_monitor.feeds.lists import MAX_BYTES, ListCache
from tui_monitor.model import Exchange, Instrument, Market, Status

AT_MS = 1_795_132_800_000
OKX_PERP = (Exchange.OKX, Market.PERP)
FILE = "instruments-okx-perp.json"


def instrument(coin: str, symbol: str = "") -> Instrument:
    """One of OKX's perpetuals."""
    return Instrument(
        exchange=Exchange.OKX,
        market=Market.PERP,
        symbol=symbol or f"{coin}-USDT-SWAP",
        coin=coin,
        contract_size=0.01,
        tick_size=0.1,
        status=Status.LIVE,
        funding_interval_h=8.0,
        listed_ms=1_600_000_000_000,
    )


BTC, ETH = instrument("BTC"), instrument("ETH")


def test_a_list_comes_back_as_it_was_kept(tmp_path: Path) -> None:
    """Every field, the order and the time; each market apart."""
    cache = ListCache(tmp_path)
    chinese = instrument("币安人生")
    cache.save(*OKX_PERP, [ETH, BTC, chinese], AT_MS)
    assert ListCache(tmp_path).load(*OKX_PERP) == ([ETH, BTC, chinese], AT_MS)
    assert cache.load(Exchange.OKX, Market.SPOT) is None
    assert cache.load(Exchange.BYBIT, Market.PERP) is None
    assert [file.name for file in tmp_path.iterdir()] == [FILE]


def test_without_a_file_there_is_no_list_and_nothing_to_say(tmp_path: Path) -> None:
    """The first start."""
    notes: list[str] = []
    assert ListCache(tmp_path / "none", notes.append).load(*OKX_PERP) is None
    assert notes == []


DAMAGES = [
    b"", b"\x00" * 4096, b"{", b"[]", b"\xff", b"[" * 100_000, b" " * (MAX_BYTES + 1),
    b'{"version":9,"at_ms":1795132800000,"instruments":[]}',
    b'{"version":1,"at_ms":1,"instruments":[]}',
    b'{"version":1,"at_ms":1e300,"instruments":[]}',
    b'{"version":1,"at_ms":1795132800000,"instruments":{}}',
    b'{"version":1,"at_ms":1795132800000,"instruments":[null]}',
    b'{"version":1,"at_ms":1795132800000,"instruments":[{"symbol":"BTC"}]}',
]  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGES, ids=range(len(DAMAGES)))
def test_a_damaged_file_is_none_with_a_reason(tmp_path: Path, damage: bytes) -> None:
    """And the next list is written over it."""
    notes: list[str] = []
    cache = ListCache(tmp_path, notes.append)
    (tmp_path / FILE).write_bytes(damage)
    assert cache.load(*OKX_PERP) is None
    assert len(notes) == 1
    assert notes[0].isprintable()
    cache.save(*OKX_PERP, [BTC], AT_MS)
    assert cache.load(*OKX_PERP) == ([BTC], AT_MS)


def test_where_the_file_is_damaged_the_one_before_it_counts(tmp_path: Path) -> None:
    """An older list is better than none; a damaged file never takes its place."""
    notes: list[str] = []
    cache = ListCache(tmp_path, notes.append)
    cache.save(*OKX_PERP, [BTC], AT_MS)
    cache.save(*OKX_PERP, [BTC, ETH], AT_MS + 1)
    (tmp_path / FILE).write_bytes(b"\x00" * 50)
    assert cache.load(*OKX_PERP) == ([BTC], AT_MS)
    assert len(notes) == 1
    cache.save(*OKX_PERP, [ETH], AT_MS + 2)
    (tmp_path / FILE).write_bytes(b"")
    assert cache.load(*OKX_PERP) == ([BTC], AT_MS)


def odd(**changes: object) -> Instrument:
    """An instrument with something that can't be."""
    return msgspec.structs.replace(BTC, symbol="ODD-USDT-SWAP", **changes)


ODD = [
    odd(multiplier=0.0), odd(multiplier=-1.0), odd(contract_size=float("inf")),
    odd(tick_size=float("nan")), odd(funding_interval_h=0.0), odd(listed_ms=-1),
    odd(listed_ms=10**18), odd(coin=""), odd(quote="A" * 100), odd(market=Market.SPOT),
    odd(exchange=Exchange.BYBIT), *(instrument("BTC", text) for text in TEXTS[:10]),
]  # fmt: skip


@pytest.mark.parametrize("one", ODD, ids=range(len(ODD)))
def test_what_is_odd_is_not_kept(tmp_path: Path, one: Instrument) -> None:
    """It doesn't spoil the others; the note names the first."""
    notes: list[str] = []
    cache = ListCache(tmp_path, notes.append)
    cache.save(*OKX_PERP, [one, BTC], AT_MS)
    assert cache.load(*OKX_PERP) == ([BTC], AT_MS)
    assert len(notes) == 1
    assert notes[0].isprintable()


@pytest.mark.parametrize(
    "change",
    [
        {"symbol": "\x1b[2J"}, {"coin": ""}, {"multiplier": None}, {"multiplier": "1"},
        {"multiplier": -1}, {"tick_size": 0}, {"status": "new"}, {"listed_ms": 10**18},
        {"market": "../../x"}, {"market": "spot"}, {"exchange": "bybit"}, {"contract_size": []},
    ],
    ids=str,
)  # fmt: skip
def test_what_is_odd_in_a_file_is_left_out(tmp_path: Path, change: dict[str, object]) -> None:
    """Item by item, whoever wrote it."""
    notes: list[str] = []
    items = [msgspec.to_builtins(ETH) | change, msgspec.to_builtins(BTC)]
    contents = {"version": 1, "at_ms": AT_MS, "instruments": items}
    (tmp_path / FILE).write_text(json.dumps(contents))
    assert ListCache(tmp_path, notes.append).load(*OKX_PERP) == ([BTC], AT_MS)
    assert len(notes) == 1
    assert notes[0].isprintable()


def test_a_list_that_cannot_be_written_is_a_note(tmp_path: Path) -> None:
    """No folder, no time: the program goes on, and what is there stays."""
    notes: list[str] = []
    ListCache(tmp_path / "none", notes.append).save(*OKX_PERP, [BTC], AT_MS)
    cache = ListCache(tmp_path, notes.append)
    cache.save(*OKX_PERP, [BTC], AT_MS)
    cache.save(*OKX_PERP, [ETH], 0)
    cache.save(*OKX_PERP, [], AT_MS + 1)
    assert cache.load(*OKX_PERP) == ([BTC], AT_MS)
    assert len(notes) == 2
