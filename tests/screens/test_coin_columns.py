"""The legs of a coin's page: no number is cut, however small or large it is."""

import pytest
from msgspec.structs import replace

from tests.support.coin_pages import a_coin_page, a_leg
from tui_monitor.screens.boards.coin.layout import PAGES, PARTS, Room, parts_line
from tui_monitor.screens.boards.coin.legs import LEG_COLUMNS, leg_rows
from tui_monitor.screens.boards.spreads.cells import amount
from tui_monitor.screens.looks.looks import STANDARD

WORDS = {"leg", "note", "symbol", "source"}
SCALES = [10.0**power for power in range(-11, 7)]


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("digits", [1.0, 2.2894, 2.8312345, 9.99949, 9.99996])
def test_every_number_of_a_leg_has_room_in_its_column(scale: float, digits: float) -> None:
    """Of cheap coins and dear ones: fewer digits, never an ellipsis."""
    value = scale * digits
    money = min(value * 1e6, 9e14)
    found = a_leg(
        last=value if value < 9_999_999 else 9_999_999.0,
        bid=min(value, 9_999_999.0),
        ask=min(value, 9_999_999.0),
        mark_price=min(value, 9_999_999.0),
        index_price=min(value, 9_999_999.0),
        bid_coins=money,
        ask_coins=value,
        rate=min(value, 2.0),
        turnover_24h_usd=money,
    )
    found = replace(found, open_interest_usd=money, apr=min(value, 5_000.0), rate_8h=-2.0)
    (row,) = leg_rows(a_coin_page(legs=[found]))
    for column in LEG_COLUMNS:
        text = column.paint(row, STANDARD, column.width).text
        if column.key not in WORDS:
            assert len(text) <= column.width, (column.key, text)


@pytest.mark.parametrize(
    ("coins", "text"),
    [
        (0.002834, "0.00283"),
        (2.2894e-5, "0.00002"),
        (1.2345e-10, "<0.0001"),
        (0.012346, "0.01235"),
        (417.0, "417"),
        (999.99, "1000"),
        (999_999.9, "1.00M"),
        (None, "–"),
    ],
)
def test_an_amount_has_seven_characters_at_most(coins: float | None, text: str) -> None:
    """Digits go before the number is cut."""
    assert amount(coins) == text


@pytest.mark.parametrize("room", list(Room))
def test_the_line_of_parts_names_each_once(room: Room) -> None:
    """Whatever page is shown."""
    pages = PAGES[room]
    for shown in range(len(pages)):
        words = "".join(text for text, _ in parts_line(pages, shown, STANDARD, 200))
        names = [word.strip("[]") for word in words.split()]
        for name in PARTS.values():
            assert names.count(name) == (len(pages) > 1), words
