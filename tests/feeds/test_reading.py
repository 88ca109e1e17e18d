"""Bytes that can't be read, and what all REST clients do with rows."""

from typing import Any

import msgspec
import pytest
from msgspec import Raw

from tui_monitor.errors import Malformed
from tui_monitor.feeds.adapter import Damaged, Event, Ignored
from tui_monitor.feeds.reading import read, read_frame, reason_of, symbol_in
from tui_monitor.feeds.rest import bars_of, refuse_all_bad
from tui_monitor.model import Candle, Exchange, Instrument, Market

NUMBERS = msgspec.json.Decoder(list[int])
WHATEVER: msgspec.json.Decoder[Any] = msgspec.json.Decoder()


@pytest.mark.parametrize(
    ("decoder", "damaged"),
    [
        (NUMBERS, b"[1,"),
        (NUMBERS, b'["a"]'),
        (WHATEVER, b'["\xff"]'),
        (WHATEVER, b"[" * 100_000),
    ],
)
def test_whatever_can_t_be_decoded_is_malformed(
    decoder: msgspec.json.Decoder[Any], damaged: bytes
) -> None:
    """Cut short, no UTF-8, too deep, another type: one error, which says what it was."""
    with pytest.raises(Malformed, match=r"^the list: "):
        read(decoder, damaged, "the list")
    with pytest.raises(Malformed) as caught:
        read_frame(decoder, damaged)
    assert damaged[:1].decode() in caught.value.message
    assert len(caught.value.message) < 200


def test_a_reason_is_the_error_s_own_text_without_control_characters() -> None:
    """A Malformed was written for people; what msgspec quotes comes from outside."""
    assert reason_of(Malformed("no price in it")) == "no price in it"
    assert "\x1b" not in reason_of(msgspec.ValidationError("\x1b[31m" + "x" * 500))


@pytest.mark.parametrize(
    ("row", "symbol"),
    [
        (b'{"symbol":"A","s":"B"}', "A"),
        (b'{"s":"B"}', "B"),
        (b'{"instId":"C-USDT"}', "C-USDT"),
        (b'{"symbol":""}', None),
        (b"[1]", None),
        (b"{", None),
    ],
)
def test_a_damaged_row_is_told_by_the_symbol_that_it_names(row: bytes, symbol: str | None) -> None:
    """By any exchange's word for it."""
    assert symbol_in(Raw(row)) == symbol


def test_of_bars_that_open_together_the_first_stays_and_the_newest_leads() -> None:
    """Pages may overlap and come in any order."""
    bars = [bar(60_000, 1.0), bar(180_000, 2.0), bar(60_000, 3.0), bar(120_000, 4.0)]
    assert [(one.open_ms, one.close) for one in bars_of(bars)] == [
        (180_000, 2.0),
        (120_000, 4.0),
        (60_000, 1.0),
    ]


def bar(open_ms: int, close: float) -> Candle:
    """A bar of a minute without much in it."""
    return Candle(
        instrument=Instrument(exchange=Exchange.BYBIT, market=Market.PERP, symbol="A", coin="A"),
        bar="1m",
        open_ms=open_ms,
        open=close,
        high=close,
        low=close,
        close=close,
    )


def test_damaged_rows_are_refused_only_where_nothing_else_was_found() -> None:
    """One odd row never stops the rest; nothing but odd rows is no answer."""
    damaged: list[Event] = [Damaged(reason="no price"), Ignored(reason="another market")]
    refuse_all_bad(damaged, ["a row"])
    refuse_all_bad(damaged[1:], [])
    with pytest.raises(Malformed, match=r"^1 bad rows: no price"):
        refuse_all_bad(damaged, [])
    with pytest.raises(Malformed, match=r"^/tickers: 1 bad rows: no price"):
        refuse_all_bad(damaged, [], "/tickers")
