"""The coin page's lines and its chart."""

from tui_monitor.boards.coin import CoinPage
from tui_monitor.boards.spreads import SpreadRow
from tui_monitor.clock import DAY_MS, MINUTE_MS
from tui_monitor.printable import printable
from tui_monitor.screens.boards.spreads.cells import leg, short_age
from tui_monitor.screens.looks.format import ABSENT, ShownZone, fit, price, signed
from tui_monitor.screens.looks.looks import Looks
from tui_monitor.screens.widgets.curve import Chart
from tui_monitor.screens.widgets.line import Piece, fitting
from tui_monitor.words import t, told

HELP = (
    "One coin on every exchange and market. Prices are per coin, whatever a contract holds.",
    "The page has nine parts. Tab and S-Tab (h and l) lead from table to table and to those parts "
    "for which there is no room at once: the line below the pairs names all of them, those that "
    "are shown in brackets.",
    "The lines on top are its best pairs of now: the long leg, bought at its ask, → the short one, "
    "sold at its bid; net is less "
    "the taker fees of four fills, with funding adds what both legs settle until each has settled "
    "once. In brackets: a leg is too old to rank.",
    "The curve is the highest executable spread of each minute of the last 24 hours, of all "
    "pairs; the dashed line is the threshold of the signals, a gap is time that nobody watched.",
    "The candles are the kept bars of the first perpetual that has any: i changes how long they "
    "are, v whose. A thin body rises, a full one falls, the bar that is forming is grey with its "
    "time and … below it, a hole is a bar that is not kept; the turnovers in USD stand below, the "
    "prices on the right.",
    "Premium: the perpetual over spot of the same exchange, else over the mean of the other "
    "perpetuals, by last prices. Basis: mark over index, both the exchange's own.",
    "Funding that was settled, newest first: positive rates are paid by longs to shorts.",
    "Liquidations: what the streams told of the coin in the last hour, in USD by the position's "
    "side. A sampled stream tells one of an instrument in a second at most, so that its sum is a "
    "lower bound (≥), as is one of a time in which it was not heard all the while (heard). What "
    "REST told of a gap is among the newest ones and in no sum.",
    "Anomalies: the stored ones of the last 24 hours, of all exchanges and bars that are watched; "
    "Enter tells all of one.",
    "Open interest is counted once (one side). Changes are of coins; the line is the stored "
    "five-minute samples of the row under the cursor, a gap where there is none. That of all has a "
    "gap, too, where one of its perpetuals has no sample: a sum without it would look like a fall. "
    "One that has samples for less than half of the time is left out of it, and the note says so.",
    "Esc leads back to the board that this page was opened from.",
)
# Lines of the best pairs: of all kinds, and of each.
PAIR_LINES = 4
_GAP = "   "


def headline(page: CoinPage, looks: Looks, width: int) -> list[Piece]:
    """The coin, its legs, how often its spread was high."""
    fresh = sum(not one.leg.stale and not one.leg.suspicion for one in page.legs)
    ranked = t("{n} of {all}", n=fresh, all=len(page.legs))
    groups: list[list[Piece]] = [
        [(f" {printable(page.coin, 30)} ", looks.banner)],
        [(ranked, looks.text), (f" {t('legs rank')}", looks.faint)],
        _past(page, looks),
    ]
    if page.reason:
        groups.insert(1, [(told(page.reason), looks.warn)])
    for one in page.quarantine:
        where = leg(one.exchange, one.market)
        text = t("{leg} in quarantine: {why}", leg=where, why=told(one.text))
        groups.insert(1, [(text, looks.warn)])
    return fitting(groups, _GAP, width)


def _past(page: CoinPage, looks: Looks) -> list[Piece]:
    limit = t("24 h any pair ≥ {limit} %", limit=f"{page.threshold_pct:g}") + " "
    if page.over_24h_s is None:
        return [(limit, looks.faint), (f"{ABSENT} {t('nothing stored')}", looks.dim)]
    rises = page.rises_24h or 0
    times = t("{n} time" if rises == 1 else "{n} times", n=f"{rises:,}")
    text = f"{short_age(round(page.over_24h_s * 1000))}, {times}"
    return [(limit, looks.faint), (text, looks.text)]


def pair_lines(page: CoinPage, looks: Looks, width: int) -> list[list[Piece]]:
    """The best pair of now, then those of the other kinds."""
    if not page.spreads:
        why = "" if page.live else f": {told(page.reason)}"
        return [[(f"{t('no pair of legs')}{why}", looks.dim)]]
    found: dict[tuple[object, ...], SpreadRow] = {}
    for row in page.spreads:
        legs = (row.buy_exchange, row.buy_market, row.sell_exchange, row.sell_market)
        found.setdefault(legs, row)
    rows = list(found.values())[:PAIR_LINES]
    return [fitting(_pair(row, looks), "  ", width) for row in rows]


def _pair(row: SpreadRow, looks: Looks) -> list[list[Piece]]:
    grey = not row.ranked
    style = looks.faint if grey else looks.text
    result, sign = signed(row.executable_pct), looks.signed(row.executable_pct)
    groups: list[list[Piece]] = [
        [(fit(t(row.kind.value), 9), looks.faint)],
        [(f"{f'({result})' if grey else result:>9}", style if grey else sign)],
        [(f"{fit(leg(row.buy_exchange, row.buy_market), 12)} {price(row.ask):>12}", style)],
        [("→ ", looks.faint)],
        [(f"{fit(leg(row.sell_exchange, row.sell_market), 12)} {price(row.bid):>12}", style)],
        [(f"{t('net')} ", looks.faint), (f"{signed(row.net_pct):>6}", style)],
        [
            (f"{t('with funding', 'net')} ", looks.faint),
            (f"{signed(row.net_funding_pct):>6}", style),
        ],
    ]
    if grey:
        groups.append([(told(row.reason), looks.warn)])
    return groups


def no_chart(coin: str, zone: ShownZone, unknown: str = "") -> Chart:
    """Before the page of a coin is there; `unknown`: why there never will be one."""
    return Chart(
        version=(coin, unknown),
        first_ms=0,
        last_ms=DAY_MS,
        points=(),
        zone=zone,
        empty=unknown or t("waiting for {coin}", coin=printable(coin, 30)),
    )


def chart(page: CoinPage, zone: ShownZone) -> Chart:
    """The highest executable spread of each minute of the last 24 h."""
    # By the minute, so that a second alone draws nothing anew.
    minute_ms = page.now_ms - page.now_ms % MINUTE_MS
    last_ms = minute_ms + MINUTE_MS
    points = [(one.minute_ms, one.max_pct) for one in page.minutes]
    now = next((row.executable_pct for row in page.spreads if row.ranked), None)
    return Chart(
        version=(page.coin, last_ms, len(points), points[-1] if points else None),
        first_ms=last_ms - DAY_MS,
        last_ms=last_ms,
        points=points,
        zone=zone,
        live=None if now is None or not page.live else (minute_ms, now),
        thresholds=[(page.threshold_pct, f"{page.threshold_pct:g} %")],
        stale=not page.live,
        joins_ms=MINUTE_MS * 5 // 2,
        empty=told(printable(page.reason, 200)) or t("no minute of the last 24 h is stored yet"),
    )
