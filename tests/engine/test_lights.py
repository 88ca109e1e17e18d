"""What stands beside a light, and why."""

import msgspec

from tests.support.virtual_time import START_MS, VirtualClock, in_virtual_time
from tui_monitor.boards.status import FeedLight
from tui_monitor.engine.lights import Lights
from tui_monitor.model import ChannelHealth, Exchange, FeedState, Market, Source

LIVE = ChannelHealth(
    exchange=Exchange.OKX,
    market=Market.PERP,
    channel="tickers",
    state=FeedState.LIVE,
    source=Source.STREAM,
    since_ms=START_MS - 75_000,
    age_ms=240,
    reason="",
    messages=3,
    reconnects=1,
    last_error="the exchange closed the stream",
)


def _light(**changes: object) -> FeedLight:
    channel = msgspec.structs.replace(LIVE, **changes)
    (light,) = Lights(VirtualClock()).of([channel])
    return light


@in_virtual_time
async def test_a_light_that_is_live_has_no_reason() -> None:
    """An error that is over is in the health, not beside a green light."""
    light = _light()
    assert (light.text, light.reason) == ("0.2s", "")


@in_virtual_time
async def test_a_ban_says_how_long_it_lasts_still() -> None:
    """Counting up says nothing where the end is known."""
    light = _light(state=FeedState.BANNED, until_ms=START_MS + 12_500, reason="HTTP 429")
    assert (light.text, light.reason) == ("banned 00:12 left", "HTTP 429")


@in_virtual_time
async def test_what_is_down_says_since_when() -> None:
    """Without a reason of its own the last error has to do."""
    light = _light(state=FeedState.DOWN)
    assert (light.text, light.reason) == ("down 01:15", "the exchange closed the stream")
