"""The table of a coin's page, for CSV and for the eye: a row for each fact of each part."""

from collections.abc import Iterator

from msgspec.structs import replace

from tui_monitor.boards.coin import CoinLeg, CoinPage
from tui_monitor.boards.coin_parts import CoinAnomaly, LegInterest
from tui_monitor.boards.liquidations import Order, VenueShare
from tui_monitor.boards.open_interest import WINDOWS_H, InterestRow
from tui_monitor.cli.tables import Cell, Column, Row, Table, exact, leaving, number
from tui_monitor.clock import BoardZone
from tui_monitor.model import Settlement, Told
from tui_monitor.printable import printable

COLUMNS = ("part", "time", "exchange", "symbol", "what", "value", "unit", "note")
_LEAVES = {"note": 4, "unit": 3, "symbol": 2, "time": 1}
# What stands in the notes, for programs.
_MARKS = ("price", "heard", "lower_bound")


def coin_table(page: CoinPage, zone: BoardZone) -> Table:
    """Prices, premiums, settlements, liquidations, anomalies, open interest; "" is unknown."""
    rows = [
        *(row for leg in page.legs for row in _leg(leg)),
        *(_premium_rows(page)),
        *(row for venue in page.liquidations.venues for row in _venue(venue)),
        *(_event(one, zone) for one in page.liquidations.events),
        *(_anomaly(one, zone) for one in page.anomalies.newest),
        *_interest(page),
        *(_settlement(one, zone) for one in page.settlements),
    ]
    # Not all have what stands behind the note.
    whole = [(*row, *(None,) * (len(COLUMNS) + len(_MARKS) - len(row))) for row in rows]
    return Table(_columns(), whole, _summary(page, zone))


def _columns() -> tuple[Column, ...]:
    named = leaving(_LEAVES, (*COLUMNS, *_MARKS))
    many = len(COLUMNS)
    return (*named[:many], *(replace(one, only="csv") for one in named[many:]))


def limited_page(page: CoinPage, limit: int) -> CoinPage:
    """The newest of whatever there is many of."""
    liquidations, found = page.liquidations, page.anomalies
    interest = page.interest
    return replace(
        page,
        minutes=page.minutes[-limit:],
        settlements=page.settlements[:limit],
        signals=page.signals[:limit],
        liquidations=replace(liquidations, events=liquidations.events[:limit]),
        anomalies=replace(found, newest=found.newest[:limit]),
        interest=replace(interest, points=interest.points[-limit:], marks=interest.marks[-limit:]),
    )


def _summary(page: CoinPage, zone: BoardZone) -> str:
    lines = [
        f"{printable(page.coin)} at {zone.format(page.now_ms)} ({zone.name}), {len(page.legs)} legs"
    ]
    said = {
        "": page.reason,
        "liquidations: ": page.liquidations.reason,
        "anomalies: ": page.anomalies.reason,
        "open interest: ": page.interest.reason,
    }
    lines += [_words(f"{part}{reason}") for part, reason in said.items() if reason]
    return "\n".join(lines)


def _leg(one: CoinLeg) -> Iterator[Row]:
    leg = one.leg
    name = (leg.exchange.value, printable(leg.symbol))
    note = _words(leg.suspicion) or ("old" if leg.stale else "")
    for what, value in (("last", leg.last), ("bid", leg.bid), ("ask", leg.ask)):
        yield ("prices", "", *name, f"{leg.market} {what}", _exact(value), "USDT a coin", note)


def _premium_rows(page: CoinPage) -> Iterator[Row]:
    for one in page.premiums:
        against = one.against.value if one.against else ""
        name = (one.exchange.value, printable(one.symbol))
        note = _words(one.reason)
        yield (
            "premium",
            "",
            *name,
            f"over {against}".strip(),
            number(one.premium_pct, 4),
            "%",
            note,
        )


def _venue(one: VenueShare) -> Iterator[Row]:
    said = ("a lower bound" if _is_bound(one) else "", _words(one.reason))
    note = "; ".join(text for text in said if text)
    for side, usd in (("long", one.long_usd), ("short", one.short_usd)):
        yield (
            *("liquidations", "1 h", one.exchange.value, "", side),
            *(number(usd, 2), "USD", note, None, None, None if usd is None else _is_bound(one)),
        )
    yield (
        *("liquidations", "1 h", one.exchange.value, "", "heard"),
        *(number(one.covered * 100, 2), "%", f"{one.told.value}: {one.cap}".rstrip(": ")),
    )


def _is_bound(one: VenueShare) -> bool:
    return one.told is Told.SAMPLED or one.covered < 1


def _event(one: Order, zone: BoardZone) -> Row:
    name = (one.exchange.value, printable(one.symbol))
    note = f"at {exact(one.price)}, by {one.heard.value}"
    return (
        "liquidation",
        zone.format(one.exchange_ms),
        *name,
        one.side.value,
        _exact(one.usd),
        "USD",
        note,
        one.price,
        one.heard,
    )


def _anomaly(one: CoinAnomaly, zone: BoardZone) -> Row:
    row = one.row
    name = (row.exchange.value, printable(row.symbol))
    what = f"{one.bar} {'+'.join(reason.value for reason in row.reasons)}".strip()
    return (
        "anomaly",
        zone.format(row.open_ms),
        *name,
        what,
        number(row.score, 3),
        "score",
        _words(one.why),
    )


def _interest(page: CoinPage) -> Iterator[Row]:
    total = page.interest.total
    if total is not None:
        yield from _total(total)
    for leg in page.interest.legs:
        yield from _leg_interest(leg)


def _total(row: InterestRow) -> Iterator[Row]:
    note = _words("; ".join(row.remarks(WINDOWS_H[-1])))
    yield ("open interest", "", "", "", "all", number(row.usd, 2), "USD", note)
    for one in row.changes:
        value = number(one.change_pct, 4)
        yield (
            "open interest",
            f"{one.hours} h",
            "",
            "",
            "change",
            value,
            "% of coins",
            _words(one.reason),
        )


def _leg_interest(one: LegInterest) -> Iterator[Row]:
    name = (one.leg.exchange.value, printable(one.leg.symbol))
    note = _words(one.leg.suspicion or one.leg.reason)
    yield ("open interest", "", *name, "now", number(one.leg.usd, 2), "USD", note)
    for change in one.changes:
        value = number(change.change_pct, 4)
        hours = f"{change.hours} h"
        yield (
            "open interest",
            hours,
            *name,
            "change",
            value,
            "% of coins",
            _words(change.reason),
        )


def _settlement(one: Settlement, zone: BoardZone) -> Row:
    name = (one.exchange.value, printable(one.symbol))
    paid = Cell(one.rate * 100, f"{one.rate * 100:.6g}")
    return ("funding", zone.format(one.settled_ms), *name, "settled", paid, "% an interval", "")


def _words(text: str) -> str:
    """A reason, whole as far as anybody reads."""
    return printable(text, 400)


def _exact(value: float | None) -> Cell | None:
    return None if value is None else Cell(value, exact(value))
