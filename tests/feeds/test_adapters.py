"""What every exchange's adapter must do; a new one is covered by being registered."""

import json
import math

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.feeds.binance import samples as binance
from tests.feeds.bitget import samples as bitget
from tests.feeds.bybit import samples as bybit
from tests.feeds.okx import samples as okx
from tests.support.hostile import FRAMES, TEXTS
from tui_monitor.errors import Malformed
from tui_monitor.feeds.adapter import Adapter, Control, Damaged, Ignored, Subscription
from tui_monitor.feeds.registry import ENTRIES, Entry
from tui_monitor.model import Candle, Exchange, Liquidation, MarketEvent

SAMPLES = {
    Exchange.BINANCE: binance.SAMPLES,
    Exchange.OKX: okx.SAMPLES,
    Exchange.BYBIT: bybit.SAMPLES,
    Exchange.BITGET: bitget.SAMPLES,
}
ALL = [pytest.param(entry, id=entry.exchange.value) for entry in ENTRIES.values()]
_PRICES = frozenset({
    "last", "bid", "ask", "open_24h", "high_24h", "low_24h", "day_open", "mark_price",
    "index_price", "price", "open", "high", "low", "close",
})  # fmt: skip


def decoded(adapter: Adapter, frame: bytes) -> list[object]:
    """A frame's events; a refused frame gives its error."""
    try:
        return list(adapter.decode(frame))
    except Malformed as error:
        return [error]


def assert_true_numbers(event: object) -> None:
    """No NaN, no infinity, no price that is none, whatever came in."""
    if not isinstance(event, MarketEvent):
        assert isinstance(event, (Control, Malformed)), event
        return
    for name, value in msgspec.structs.asdict(event).items():
        if isinstance(value, float):
            assert math.isfinite(value), (name, value)
        if name in _PRICES and value is not None:
            assert 0 < value < 1e15, (name, value)
    if isinstance(event, (Candle, Liquidation)):
        assert event.instrument.symbol


@pytest.mark.parametrize("entry", ALL)
def test_everything_wanted_is_asked_for_once(entry: Entry) -> None:
    """The batches together are the wanted set, in order."""
    wanted = [Subscription(entry.example.channel, f"COIN{n}-USDT-SWAP") for n in range(1000)]
    requests = entry.adapter().requests(wanted)
    assert [topic for request in requests for topic in request.asks_for] == wanted
    assert entry.adapter().requests([]) == []


@pytest.mark.parametrize("entry", ALL)
def test_a_request_is_a_text_frame_of_json_below_every_limit(entry: Entry) -> None:
    """4 KB are allowed by the strictest exchange for a message of ordinary size."""
    wanted = [Subscription(entry.example.channel, f"COIN{n}-USDT-SWAP") for n in range(1000)]
    for request in entry.adapter().requests(wanted):
        assert len(request.frame) < 60_000
        assert json.loads(request.frame)


@pytest.mark.parametrize("entry", ALL)
def test_hostile_frames_have_named_outcomes(entry: Entry) -> None:
    """Events, or Malformed: no other exception, no number that is none."""
    adapter = entry.adapter()
    for frame in FRAMES:
        for event in decoded(adapter, frame):
            assert_true_numbers(event)


@pytest.mark.parametrize("entry", ALL)
def test_what_a_person_may_read_is_printable(entry: Entry) -> None:
    """Reasons never carry a control character, whatever the exchange wrote."""
    adapter = entry.adapter()
    for text in TEXTS:
        for template in SAMPLES[entry.exchange].texts:
            frame = template.replace("%s", json.dumps(text))
            for event in decoded(adapter, frame.encode("utf-8", "surrogatepass")):
                said = "".join(
                    str(getattr(event, name, "")) for name in ("reason", "message", "text", "code")
                )
                assert said.isprintable(), said


@pytest.mark.parametrize("entry", ALL)
@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_flipped_bytes_never_raise_anything_unknown(entry: Entry, data: st.DataObject) -> None:
    """Damage on the way gives events, or Malformed."""
    frame = bytearray(data.draw(st.sampled_from(SAMPLES[entry.exchange].frames)))
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(frame) - 1))
        frame[place] = data.draw(st.integers(0, 255))
    for event in decoded(entry.adapter(), bytes(frame)):
        assert_true_numbers(event)


@pytest.mark.parametrize("entry", ALL)
def test_a_bad_row_leaves_its_neighbours_alone(entry: Entry) -> None:
    """Three rows, the middle one damaged: two events and one Damaged."""
    samples = SAMPLES[entry.exchange]
    kinds = [type(event) for event in decoded(entry.adapter(), samples.three)]
    assert kinds == [samples.kind, Damaged, samples.kind]


@pytest.mark.parametrize("entry", ALL)
def test_other_channels_are_ignored_by_name(entry: Entry) -> None:
    """What the monitor has no use for is said, not guessed."""
    frame, name = SAMPLES[entry.exchange].unused
    (event,) = decoded(entry.adapter(), frame)
    assert isinstance(event, Ignored)
    assert name in event.reason
