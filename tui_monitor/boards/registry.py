"""The list of boards: key, name, title and what each is for."""

from msgspec import Struct


class BoardInfo(Struct, frozen=True):
    """`key` is its number key, `name` what the command line and the routes call it.

    `by_day`: it shows a day, so another one than today can be asked for.
    """

    key: str
    name: str
    title: str
    short: str
    help: str
    by_day: bool = False


BOARDS = (
    BoardInfo(
        "1",
        "sum",
        "Sum curve",
        "Sum",
        "The summed day change of the chosen coins, slot by slot.",
        by_day=True,
    ),
    BoardInfo(
        "2",
        "liquidations",
        "Liquidations",
        "Liq",
        "What was force-closed in the last hours, who was heard, and the largest orders.",
        by_day=True,
    ),
    BoardInfo(
        "3",
        "anomalies",
        "Anomalies",
        "Anom",
        "Which bars are unlike those before them, and how each score came to be.",
    ),
    BoardInfo(
        "4",
        "picks",
        "Picks",
        "Pick",
        "A fixed formula's score of the perpetuals with most turnover, with its four parts.",
    ),
    BoardInfo(
        "5",
        "oi",
        "Open interest",
        "OI",
        "Where positions grow and shrink over 1, 4 and 24 hours, measured, over all exchanges.",
    ),
    BoardInfo(
        "6",
        "spreads",
        "Spreads",
        "Sprd",
        "Where each coin is cheap and where it is dear, and what costs leave of it.",
    ),
    BoardInfo(
        "7", "signals", "Signals", "Sig", "Spreads that stayed over the threshold for some samples."
    ),
    BoardInfo(
        "8",
        "funding",
        "Funding",
        "Fund",
        "What perpetuals pay and paid, and where exchanges differ.",
    ),
    BoardInfo(
        "9",
        "coverage",
        "Coverage",
        "Cov",
        "What history has, what it lacks and why; backfill.",
        by_day=True,
    ),
    BoardInfo(
        "0", "system", "System", "Sys", "Connections, limits, lists, this process, its database."
    ),
)
