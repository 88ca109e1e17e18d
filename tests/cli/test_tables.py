"""Tables for the eye and for spreadsheets, whatever the texts in them."""

import csv
import io

from tui_monitor.cli.tables import Column, Table, csv_text, digits, eye_text, number, plain

TABLE = Table(
    plain("coin", "price", "long name of a column"),
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


def test_who_can_be_done_without_leaves_a_narrow_terminal_first() -> None:
    """Not who stands at the right; all are back where there is room."""
    columns = (
        Column("rank", lambda row: row, leaves=2),
        Column("the reason", lambda row: row, leaves=3),
        Column("spread", lambda row: row),
        Column("size", lambda row: row, leaves=1),
    )
    heads = {
        room: eye_text(Table(columns, [7], ""), room).splitlines()[1].split("  ")
        for room in (80, 20, 13, 6, 1)
    }
    assert heads[80] == ["rank", "the reason", "spread", "size"]
    assert heads[20] == ["rank", "spread", "size"]
    assert heads[13] == ["spread", "size"]
    assert heads[6] == heads[1] == ["spread"]


def test_programs_get_values_as_they_are_and_people_rounded_ones() -> None:
    """Full precision, one value a cell, true and false as words; what is unknown is empty."""
    columns = (
        Column("pct", lambda row: row["pct"], digits(2)),
        Column("usd", lambda row: number(row["usd"], 0)),
        Column("valid", lambda row: row["valid"], only="csv"),
        Column("expected", lambda row: 27, only="csv"),
        Column("valid", lambda row: f"{row['valid']}/27", only="eye"),
        Column("bound", lambda row: row["bound"], only="csv"),
    )
    rows = [
        {"pct": 0.1 + 0.2, "usd": 1e-7, "valid": 27, "bound": True},
        {"pct": None, "usd": None, "valid": 0, "bound": None},
    ]
    table = Table(columns, rows, "")
    assert list(csv.reader(io.StringIO(csv_text(table)))) == [
        ["pct", "usd", "valid", "expected", "bound"],
        ["0.30000000000000004", "1e-07", "27", "27", "true"],
        ["", "", "0", "27", ""],
    ]
    assert eye_text(table).split() == ["pct", "usd", "valid", "0.30", "0", "27/27", "0/27"]
