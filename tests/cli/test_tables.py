"""Tables for the eye and for spreadsheets, whatever the texts in them."""

import csv
import io

from tui_monitor.cli.tables import Table, csv_text, eye_text

TABLE = Table(
    ("coin", "price", "long name of a column"),
    [("BTC", "97000.5", "x"), ("币安人生", "-0.5", "y"), ("=HYPERLINK(1)", "1", "@z")],
    "three coins",
)


def test_columns_are_aligned_by_the_cells_that_a_terminal_gives_them() -> None:
    """A Chinese character has two."""
    lines = eye_text(TABLE).splitlines()
    assert lines[0] == "three coins"
    assert lines[1].index("long") == lines[2].index("x")
    # Four characters in eight cells.
    assert lines[3].index("y") == lines[2].index("x") - 4
    assert lines[3].index("-0.5") + len("-0.5") == lines[2].index("97000.5") + len("97000.5") - 4


def test_what_does_not_fit_is_left_out_and_said() -> None:
    """Whole columns from the right, the summary with an ellipsis, at least one column."""
    lines = eye_text(TABLE, 24).splitlines()
    assert all(len(line) <= 24 for line in lines[:-1])
    assert "long" not in lines[1]
    assert lines[-1].startswith("(1 more columns")
    narrow = eye_text(TABLE, 5).splitlines()
    assert narrow[0] == "thre…"
    assert narrow[1] == "coin"
    assert eye_text(TABLE, 200) == eye_text(TABLE)


def test_a_spreadsheet_runs_no_text_and_takes_numbers_as_they_are() -> None:
    """The price below zero stays a number; the coin that begins like a formula is quoted."""
    rows = list(csv.reader(io.StringIO(csv_text(TABLE))))
    assert rows[2] == ["币安人生", "-0.5", "y"]
    assert rows[3] == ["'=HYPERLINK(1)", "1", "'@z"]
