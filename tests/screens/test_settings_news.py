"""A toast names what a reload of settings changed and what waits for a start."""

import pytest
from msgspec.structs import replace

from tests.screens.support import an_app, pulled, screen_text
from tests.support.boards import MemorySource, a_status
from tui_monitor import words
from tui_monitor.boards.status import EventLine
from tui_monitor.screens.desk.settings_news import MOST_NAMED, SettingsNews

LARGE = (160, 50)


def a_line(number: int, text: str, level: str = "info", area: str = "settings") -> EventLine:
    return EventLine(id=number, first_ms=0, last_ms=0, level=level, area=area, text=text, count=1)


class Told:
    """A source whose event log grows, and what was said of it."""

    def __init__(self, *lines: EventLine) -> None:
        self.source = MemorySource()
        self.said: list[tuple[str, str]] = []
        self.news = SettingsNews(lambda text, severity: self.said.append((severity, text)))
        self.source.event_lines = []
        self.log(*lines)

    def log(self, *lines: EventLine) -> None:
        """More happens; a second passes."""
        self.source.event_lines += lines
        ours = (line.id for line in self.source.event_lines if line.id < 1 << 40)
        total = max(ours, default=0)
        status = replace(a_status(0), events_total=total)
        self.source.current_status = status
        self.news.look(status, self.source)


def test_what_was_in_the_log_at_the_start_is_no_news() -> None:
    """A terminal that is opened later has the event log for that."""
    told = Told(a_line(7, "signals.samples is 5 now"))
    told.log()
    assert told.said == []


def test_one_toast_says_what_is_other_now_and_one_what_waits() -> None:
    """Of the settings alone, and each once."""
    told = Told(a_line(1, "the engine began", area="engine"))
    told.log(
        a_line(2, "signals.samples is 5 now"),
        a_line(3, "okx is live", area="okx"),
        a_line(4, "api.listen stays as it was until the next start", "warning"),
        a_line(5, "signals.gap_s is 9.0 now"),
    )
    told.log(a_line(6, "okx is silent", area="okx"))
    assert told.said == [
        ("warning", "api.listen stays as it was until the next start"),
        ("information", "signals.samples is 5 now; signals.gap_s is 9.0 now"),
    ]


def test_a_wrong_file_is_told_of_as_an_error() -> None:
    """It changed nothing."""
    told = Told()
    told.log(a_line(1, "nothing has changed: config.toml: line 3: no such key", "error"))
    assert told.said == [("error", "nothing has changed: config.toml: line 3: no such key")]


def test_many_changes_are_counted() -> None:
    """A toast has some lines, the event log all of them."""
    told = Told()
    told.log(*(a_line(n, f"signals.s{n} is 1 now") for n in range(1, MOST_NAMED + 4)))
    ((_, text),) = told.said
    assert text.endswith("; 3 more in the event log (!)")


def test_another_engines_log_begins_anew() -> None:
    """After one was taken over, what it said before we came is no news; what follows is."""
    told = Told(a_line(70, "okx is live", area="okx"))
    told.source.event_lines = []
    told.log(a_line(2, "signals.samples is 5 now"))
    told.log(a_line(3, "signals.samples is 6 now"))
    assert told.said == [("information", "signals.samples is 6 now")]


def test_what_a_viewer_notes_for_itself_hides_nothing() -> None:
    """Those lines have numbers of their own, beyond all of the engine's."""
    told = Told(a_line(3, "okx is live", area="okx"))
    told.source.event_lines.append(a_line(1 << 40, "the daemon has gone", area="engine"))
    for number, text in ((4, "signals.samples is 5 now"), (5, "signals.samples is 6 now")):
        told.log(a_line(number, text))
    assert [text for _, text in told.said] == [
        "signals.samples is 5 now",
        "signals.samples is 6 now",
    ]


@pytest.mark.parametrize(
    ("language", "toast"),
    [(words.ENGLISH, "signals.samples is 5 now"), (words.CHINESE, "signals.samples 现为 5")],
)
async def test_the_terminal_shows_it(language: str, toast: str) -> None:
    """On whatever board, in the reader's language."""
    source = MemorySource()
    app = an_app(source)
    with words.speaking(language):
        async with app.run_test(size=LARGE, notifications=True) as pilot:
            await pulled(pilot, app)
            last = source.status().events_total
            source.event_lines = [*source.event_lines, a_line(last + 1, "signals.samples is 5 now")]
            source.current_status = replace(source.status(), events_total=last + 1)
            await pulled(pilot, app)
            assert toast in screen_text(app)
