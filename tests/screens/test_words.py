"""What people type and read: days, commands, numbers, times."""

from datetime import date

import pytest
from rich.color import ColorSystem

from tests.support.boards import NOW_MS, TODAY, ZONE, a_light, a_status
from tui_monitor.errors import BadInput
from tui_monitor.model import FeedState
from tui_monitor.screens import status
from tui_monitor.screens.days import parse_one, parse_range
from tui_monitor.screens.dialogs.questions import ExportChoice
from tui_monitor.screens.keys.actions import ACTIONS, BY_ID, GROUPS
from tui_monitor.screens.looks.format import ShownZone, age, ago, count, price, share, signed
from tui_monitor.screens.looks.looks import STANDARD, looks_for
from tui_monitor.screens.looks.themes import MONOCHROME, THEMES
from tui_monitor.screens.palette import commands
from tui_monitor.screens.palette.coin_names import check_listed
from tui_monitor.screens.palette.suggestions import suggestions

FIRST, LAST = date(2026, 1, 3), date(2026, 1, 16)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("today", TODAY),
        ("", TODAY),
        ("t", TODAY),
        ("yesterday", date(2026, 1, 15)),
        ("-7d", date(2026, 1, 9)),
        ("-1w", date(2026, 1, 9)),
        (" 2026-01-04 ", date(2026, 1, 4)),
        ("01-04", date(2026, 1, 4)),
        ("1-16", TODAY),
        ("01-17", date(2025, 1, 17)),
        ("11-21", date(2025, 11, 21)),
        ("02-29", date(2024, 2, 29)),
    ],
)
def test_a_day_is_typed_in_many_ways(text: str, day: date) -> None:
    """Dates, words, days ago."""
    assert parse_one(text, TODAY) == day


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026-01-03 2026-01-16", FIRST, LAST),
        ("2026-01-16..2026-01-03", FIRST, LAST),
        ("7d", date(2026, 1, 10), TODAY),
        ("-13d today", FIRST, LAST),
        ("01-03 01-16", FIRST, LAST),
        ("12-30..01-03", date(2025, 12, 30), FIRST),
        ("2026-01-04", date(2026, 1, 4), date(2026, 1, 4)),
    ],
)
def test_a_range_is_two_days_or_a_number_of_them(text: str, first: date, last: date) -> None:
    """In whichever order."""
    assert parse_range(text, TODAY) == (first, last)


@pytest.mark.parametrize(
    "text", ["2026-13-01", "02-30", "soon", "2026-01-01 2026-01-02 x", "2026-01-17"]
)
def test_what_is_no_day_or_still_to_come_is_refused(text: str) -> None:
    """With a hint."""
    with pytest.raises(BadInput) as caught:
        parse_range(text, TODAY)
    assert caught.value.hint


class Recorded:
    """A desk that notes what commands do to it."""

    today = TODAY

    def __init__(self) -> None:
        self.done: list[tuple[object, ...]] = []

    def show_coin(self, coin: str) -> None:
        self.done.append(("coin", coin))

    def explain(self, coin: str) -> None:
        self.done.append(("why", coin))

    def choose(self, what: str, word: str) -> None:
        self.done.append((what, word))

    def show_board(self, name: str) -> None:
        self.done.append(("board", name))

    def show_days(self, first: date, last: date) -> None:
        self.done.append(("days", first, last))

    def shown_days(self) -> tuple[date, date]:
        return (FIRST, LAST)

    def export_kinds(self) -> tuple[str, ...]:
        return ("sum", "prices")

    def begin_backfill(self, first: date, last: date) -> None:
        self.done.append(("backfill", first, last))

    def stop_backfill(self) -> None:
        self.done.append(("stop",))

    def begin_export(self, choice: ExportChoice) -> None:
        self.done.append(("export", choice))

    def set_filter(self, text: str) -> None:
        self.done.append(("filter", text))

    def sort_table(self, name: str, *, descending: bool) -> None:
        self.done.append(("sort", name, descending))

    def set_theme(self, name: str) -> None:
        self.done.append(("theme", name))

    def set_glyphs(self, name: str) -> None:
        self.done.append(("chart", name))

    def set_language(self, name: str) -> None:
        self.done.append(("language", name))

    def known_coins(self) -> tuple[str, ...]:
        return ("BTC", "ETH", "WBTC")

    def check_coin(self, coin: str) -> str:
        return check_listed(coin, self.known_coins())

    def column_names(self) -> tuple[str, ...]:
        return ("time", "sum", "n")

    def act(self, action_id: str) -> None:
        self.done.append(("act", action_id))


@pytest.mark.parametrize(
    ("typed", "done"),
    [
        ("board coverage", ("board", "coverage")),
        ("board 9", ("board", "coverage")),
        ("coverage", ("board", "coverage")),
        ("chart blocks", ("chart", "blocks")),
        ("day 2026-01-04", ("days", date(2026, 1, 4), date(2026, 1, 4))),
        ("days 2026-01-03 2026-01-16", ("days", FIRST, LAST)),
        (":backfill 2026-01-03 2026-01-16", ("backfill", FIRST, LAST)),
        ("backfill", ("act", "start_backfill")),
        ("stop", ("stop",)),
        ("export", ("act", "export")),
        (
            "export prices jsonl 7d",
            ("export", ExportChoice("prices", "jsonl", date(2026, 1, 10), TODAY)),
        ),
        ("export csv", ("export", ExportChoice("sum", "csv", FIRST, LAST))),
        ("coin btc", ("coin", "BTC")),
        ("coin BTCUSDT", ("coin", "BTC")),
        ("coin BTC-USDT", ("coin", "BTC")),
        ("coin BTC-USDT-SWAP", ("coin", "BTC")),
        ("coin btc/usdt", ("coin", "BTC")),
        ("day 01-04", ("days", date(2026, 1, 4), date(2026, 1, 4))),
        ("export jsonl 01-03 01-16", ("export", ExportChoice("sum", "jsonl", FIRST, LAST))),
        ("language 中文", ("language", "zh")),
        ("chinese", ("language", "zh")),
        ("英文", ("language", "en")),
        ("why btc", ("why", "btc")),
        ("why 1000WBTCUSDT", ("why", "1000WBTCUSDT")),
        ("why BTC-USDT-SWAP", ("why", "BTC-USDT-SWAP")),
        ("filter sum>5 & n<27", ("filter", "sum>5 & n<27")),
        ("theme green-red", ("theme", "green-red")),
        ("language zh", ("language", "zh")),
        ("sort sum", ("sort", "sum", True)),
        ("sort n asc", ("sort", "n", False)),
        ("sort acc long", ("sort", "acc long", True)),
        ("sort acc long asc", ("sort", "acc long", False)),
        ("mouse", ("act", "mouse")),
        ("columns", ("act", "columns")),
        ("zone", ("act", "zone")),
        ("freeze", ("act", "freeze")),
        ("day-previous", ("act", "day_previous")),
        ("quit", ("act", "quit")),
    ],
)  # fmt: skip
def test_commands_do_what_they_say(typed: str, done: tuple[object, ...]) -> None:
    """With their arguments."""
    desk = Recorded()
    commands.run(typed, desk)
    assert desk.done == [done]


@pytest.mark.parametrize(
    "typed",
    [
        "bakfill 2026-01-03",
        "board x",
        "theme pink",
        "day soon",
        "sort",
        "language x",
        "export /etc/passwd",
        "quit now",
        "stop it",
        "freeze now",
        "why bct",
        "coin bct",
        "why BCTUSDT",
    ],
)
def test_a_mistyped_command_does_nothing_and_says_why(typed: str) -> None:
    """And the nearest word."""
    desk = Recorded()
    with pytest.raises(BadInput) as caught:
        commands.run(typed, desk)
    assert desk.done == []
    assert caught.value.hint


def offered(typed: str) -> list[str]:
    """The lines that Tab goes through."""
    return [one.text for one in suggestions(typed, Recorded()) if one.text]


def test_suggestions_begin_with_what_is_typed() -> None:
    """Then come those that contain it."""
    words = [line.split()[0] for line in offered("exp")]
    assert words[0] == "export"
    assert words.count("export") == 1
    every = [line.split()[0] for line in offered("")]
    assert len(every) == len(set(every))
    assert "start-backfill" not in every
    assert len(every) > 15


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("coin b", ["coin BTC", "coin WBTC"]),
        ("coin BTC x", []),
        ("sort ", ["sort time", "sort sum", "sort n"]),
        ("sort n d", ["sort n desc"]),
        ("board co", ["board coverage"]),
        ("theme gr", ["theme green-red"]),
        ("language ", ["language auto", "language en", "language zh"]),
        ("export p", ["export prices"]),
        ("export prices j", ["export prices jsonl"]),
        ("day t", ["day today", "day yesterday"]),
        ("backfill 2026-01-03 2", ["backfill 2026-01-03 2026-01-16"]),
        ("filter s", ["filter sum"]),
        (":bar 1", ["bar 1m"]),
    ],
)
def test_what_a_command_takes_is_offered(typed: str, first: list[str]) -> None:
    """Coins, columns, days, boards, themes, languages, formats."""
    found = offered(typed)
    assert found[: len(first)] == first
    assert bool(found) == bool(first)


def test_every_key_is_bound_once_in_its_place_and_survives_plain_ssh() -> None:
    """No key that only the kitty protocol can send, none that tmux keeps."""
    seen: set[tuple[str, str]] = set()
    for action in ACTIONS:
        assert action.where in GROUPS
        for key in action.keys.split(","):
            assert (action.where, key) not in seen
            seen.add((action.where, key))
            assert key not in ("ctrl+b", "ctrl+h", "ctrl+i", "ctrl+j", "ctrl+m", "ctrl+[")
            assert "shift" not in key or key == "shift+tab"
            assert not key.startswith("alt")
    assert len(BY_ID) == len(ACTIONS)


@pytest.mark.parametrize(
    ("value", "text"),
    [(1.234, "+1.23"), (-0.004, "0.00"), (0.0, "0.00"), (None, "–"), (-1234.5, "-1,234.50")],
)
def test_changes_always_show_their_sign(value: float | None, text: str) -> None:
    """But nothing has a sign that rounds to zero; absent is not zero."""
    assert signed(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (95123.44, "95,123.4"),
        (3301.7, "3,301.70"),
        (141.9, "141.90"),
        (14.748, "14.748"),
        (2.3488, "2.3488"),
        (0.16229, "0.16229"),
        (0.07268, "0.072680"),
        (0.00001234, "0.000012340"),
        (1.7309e-8, "1.7309e-8"),
        (None, "–"),
    ],
)
def test_prices_keep_the_digits_that_matter(value: float | None, text: str) -> None:
    """Five or so significant ones, whatever the size."""
    assert price(value) == text


def test_amounts_ages_and_shares_are_short() -> None:
    """And never claim the whole of what is not whole."""
    assert [count(x) for x in (950, 1234, 4.5e6, 2.1e9, None)] == [
        "950", "1.23k", "4.50M", "2.10B", "–",
    ]  # fmt: skip
    assert [age(x) for x in (200, 12_000, 130_000, 11_000_000, 190_000_000, None)] == [
        "0.2s", "12s", "02:10", "3h03", "2d04h", "–",
    ]  # fmt: skip
    assert [share(x) for x in (99.99, 100.0, 0.0, None)] == ["99.9 %", "100 %", "0.0 %", "–"]
    assert ago(None, NOW_MS) == "never"


def test_zones_go_round_and_name_their_offset() -> None:
    """Board, UTC, local; days stay the board's."""
    zone = ShownZone(ZONE)
    assert zone.label(NOW_MS) == "UTC+8"
    assert zone.format(NOW_MS) == "14:43"
    assert zone.next().label(NOW_MS) == "UTC"
    assert zone.next().format(NOW_MS) == "06:43"
    assert zone.next().next().next().name == "board"


@pytest.mark.parametrize("state", list(FeedState))
def test_every_light_has_a_glyph_and_words(state: FeedState) -> None:
    """A colour alone would say nothing to some."""
    pieces = status.light(a_light(state, text=""), STANDARD)
    assert pieces[0][0].strip() in "●◐○·"
    assert "".join(text for text, _ in pieces[1:]).strip() != "okx"


def test_banners_say_what_must_not_be_overlooked() -> None:
    """Frozen, simulated, not recording, failed."""
    bad = a_status(
        kind="simulator", recording=False, recording_reason="disk full", failed_workers=["okx"]
    )
    words = " ".join(text for group in status.banners(bad, 7, STANDARD) for text, _ in group)
    for word in ("FROZEN, 7 behind", "SIMULATOR", "REC paused: disk full", "FAILED: okx"):
        assert word in words
    assert status.banners(a_status(), None, STANDARD) == []


def test_rises_and_falls_differ_in_every_colour_system_and_theme() -> None:
    """Though the sign is what says it; who wants no colours has the sign alone."""
    for theme in set(THEMES) - {MONOCHROME}:
        for system in (ColorSystem.STANDARD, ColorSystem.EIGHT_BIT, ColorSystem.TRUECOLOR):
            looks = looks_for(system, theme)
            assert looks.up.color != looks.down.color
            assert looks.signed(None) == looks.signed(0.0) == looks.dim
