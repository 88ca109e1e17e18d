"""What the event log is told of signals and of the quarantine."""

from msgspec.structs import replace

from tests.support.spread_boards import a_signal, a_suspect
from tests.support.virtual_time import VirtualClock, in_virtual_time
from tui_monitor.engine.events import EventLog
from tui_monitor.engine.spread_news import MOST_TOLD, TOLD_WITHIN_S, SpreadNews

Line = tuple[str, str, str]


def news_to(lines: list[Line]) -> SpreadNews:
    return SpreadNews(VirtualClock(), lambda *line: lines.append(line))


@in_virtual_time
async def test_one_signal_is_told_whole_and_many_in_one_line() -> None:
    """Coins once each with their count, the first few by name."""
    lines: list[Line] = []
    news = news_to(lines)
    news.tell_of_signals([])
    news.tell_of_signals([a_signal("BTC")])
    names = ["A", "A", "B", "C", "D", "E", "F"]
    news.tell_of_signals([a_signal(name) for name in names])
    assert [line[:2] for line in lines] == [("info", "signals")] * 2
    assert lines[0][2].startswith("BTC: buy ")
    assert lines[1][2] == "7 signals: A ×2, B, C, D, E and 1 more"


@in_virtual_time
async def test_a_pair_that_signals_again_at_other_prices_counts_up_in_the_event_log() -> None:
    """Its prices are the signals board's: in the log they would make each time a line."""
    clock = VirtualClock()
    log = EventLog(clock)
    news = SpreadNews(clock, log.add)
    for price in (100.0, 101.5, 99.25):
        news.tell_of_signals([replace(a_signal("BTC"), price_long=price, spread_pct=price / 100)])
    assert [line.count for line in log.after(0)] == [3]


@in_virtual_time
async def test_the_quarantine_is_told_when_it_changes() -> None:
    """Who came with the reason, who left by name; the same again is no news."""
    lines: list[Line] = []
    news = news_to(lines)
    one = a_suspect("PEPE")
    for held in ([one], [one], [replace(one, settled=True)], []):
        news.tell_of_quarantine(held)
    assert [line[0] for line in lines] == ["warning", "info"]
    assert one.text in lines[0][2]
    assert "PEPE" in lines[1][2]


@in_virtual_time
async def test_a_wild_minute_leaves_room_for_other_news() -> None:
    """So many lines in a minute and area, and then again."""
    lines: list[Line] = []
    clock = VirtualClock()
    news = SpreadNews(clock, lambda *line: lines.append(line))
    for _ in range(MOST_TOLD * 3):
        news.tell_of_signals([a_signal("BTC")])
    assert len(lines) == MOST_TOLD
    await clock.sleep(TOLD_WITHIN_S)
    news.tell_of_signals([a_signal("BTC")])
    assert len(lines) == MOST_TOLD + 1
