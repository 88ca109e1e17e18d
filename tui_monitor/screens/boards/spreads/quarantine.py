"""The instruments in quarantine: their columns, and the evidence in words."""

from collections.abc import Callable

from tui_monitor.boards.same_coin import Doubt, Suspect
from tui_monitor.boards.spreads import SpreadsBoard
from tui_monitor.screens.boards.spreads.cells import leg, price_cell
from tui_monitor.screens.looks.format import ABSENT, ShownZone, price
from tui_monitor.screens.widgets.columns import Cell, Column
from tui_monitor.words import joined, t, told


def suspect_columns(zone: ShownZone, now_ms: int) -> tuple[Column[Suspect], ...]:
    """The columns of what is in quarantine."""
    return (
        Column(
            key="coin",
            title="coin",
            width=8,
            align="left",
            paint=lambda row, looks, _: Cell(row.coin, looks.bright),
            value=lambda row: row.coin,
            help="The coin that its name says.",
        ),
        Column(
            key="leg",
            title="leg",
            width=12,
            align="left",
            paint=lambda row, looks, _: Cell(leg(row.exchange, row.market), looks.text),
            value=lambda row: leg(row.exchange, row.market),
            help="Exchange and market.",
        ),
        Column(
            key="symbol",
            title="symbol",
            width=16,
            align="left",
            priority=4,
            paint=lambda row, looks, _: Cell(row.symbol, looks.dim),
            value=lambda row: row.symbol,
            help="As the exchange writes it, and as the settings want it.",
        ),
        Column(
            key="doubt",
            title="doubt",
            width=25,
            align="left",
            priority=2,
            paint=lambda row, looks, _: Cell(t(row.doubt.value), looks.warn),
            value=lambda row: row.doubt.value,
            help="Why it may not be the coin that its name says.",
        ),
        *_EVIDENCE,
        Column(
            key="since",
            title="since",
            width=11,
            priority=3,
            paint=lambda row, looks, _: Cell(zone.when(row.since_ms, now_ms), looks.dim),
            value=lambda row: float(row.since_ms),
            help="Since when it is in quarantine.",
            searched=False,
        ),
        Column(
            key="text",
            title="reason",
            width=20,
            align="left",
            grows=True,
            priority=5,
            paint=lambda row, looks, _: Cell(told(row.text), looks.dim),
            value=lambda row: row.text,
            help="The evidence in words.",
        ),
    )


def _compared(
    key: str, title: str, value: Callable[[Suspect], float | None], text: str
) -> Column[Suspect]:
    return Column(
        key=key,
        title=title,
        width=11,
        paint=lambda row, looks, width: price_cell(value(row), looks, width=width),
        value=value,
        unit="USDT a coin",
        help=text,
        searched=False,
    )


_EVIDENCE: tuple[Column[Suspect], ...] = (
    _compared(
        "price",
        "price",
        lambda row: row.price,
        "Its price per coin: index, else mark, else last; spot: last.",
    ),
    _compared("others", "others", lambda row: row.others_price, "The median of those that agree."),
    Column(
        key="ratio",
        title="ratio",
        width=8,
        paint=lambda row, looks, _: Cell(_ratio(row.ratio), looks.warn),
        value=lambda row: row.ratio,
        help="Its price over that of the others.",
        searched=False,
    ),
)


def _ratio(value: float | None) -> str:
    if value is None:
        return ABSENT
    return f"×{value:,.0f}" if value >= 100 else f"×{value:.4g}"


def evidence(suspect: Suspect, zone: ShownZone, now_ms: int) -> list[str]:
    """All that is known of an instrument in quarantine, in lines."""
    doubt, text = suspect.doubt.value, told(suspect.text)
    lines = [text if suspect.text.startswith(doubt) else f"{t(doubt)}: {text}"]
    if suspect.ratio is not None:
        lines.append(
            t(
                "{price} a coin (multiplier {multiplier}), {theirs} on {n} others: {ratio}",
                price=price(suspect.price),
                multiplier=f"{suspect.multiplier:g}",
                theirs=price(suspect.others_price),
                n=suspect.others,
                ratio=_ratio(suspect.ratio),
            )
        )
    since = t("since {time}", time=zone.when(suspect.since_ms, now_ms))
    back = t("it is back within the band and about to leave") if suspect.settled else ""
    lines.append(joined(one for one in (since, back, _way_out(suspect)) if one))
    return lines


def others(suspect: Suspect, board: SpreadsBoard) -> list[str]:
    """What the coin's other legs cost, a line each: who is not in quarantine, then who is."""
    row = next((one for one in board.rows if one.coin == suspect.coin), None)
    lasts = [] if row is None else zip(board.slots, row.lasts, strict=False)
    held = {f"{one.exchange} {one.market}" for one in board.quarantine if one.coin == suspect.coin}
    ranking: list[str] = []
    barred: list[str] = []
    for slot, last in lasts:
        if last is not None:
            said = t("{leg}: last {price}", leg=_slot(slot), price=price(last))
            (barred if slot in held else ranking).append(said)
    return [
        *([t("not in quarantine:"), *ranking] if ranking else []),
        *([t("in quarantine:"), *barred] if barred else []),
    ]


def _slot(slot: str) -> str:
    exchange, market = slot.split(" ", 1)
    return f"{exchange} {t(market)}"


def _way_out(suspect: Suspect) -> str:
    if suspect.doubt is Doubt.SETTINGS:
        return t("that setting lets it rank again")
    name = f"{suspect.exchange}:{suspect.market}:{suspect.symbol}"
    return t("{setting} lets it rank", setting=f"spreads.same = [{name!r}]")
