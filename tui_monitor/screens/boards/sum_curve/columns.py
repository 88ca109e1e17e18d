"""The columns of the sum board's tables: nodes, and the coins of one node."""

from collections.abc import Sequence

from rich.segment import Segment
from rich.style import Style

from tui_monitor.boards.sum_curve import NodeState
from tui_monitor.screens.boards.sum_curve.rows import DAY_WIDTH, CoinRow, NodeRow
from tui_monitor.screens.boards.sum_curve.texts import extremes
from tui_monitor.screens.looks.format import ABSENT, ShownZone, age, because, fit, price, signed
from tui_monitor.screens.looks.looks import Looks
from tui_monitor.screens.widgets.columns import Cell, Column
from tui_monitor.words import t, told

# A live price older than this is shown with its age; the sum leaves it out at 60 s.
AGED_MS = 5_000


def node_columns(
    zone: ShownZone, *, with_day: bool, dated: bool = False
) -> Sequence[Column[NodeRow]]:
    """The columns of the nodes table, of several days, or of one with or without its date."""

    def time(row: NodeRow, looks: Looks, _: int) -> Cell:
        if row.is_live:
            if row.aging:
                return Cell(t("last", "prices"), looks.dim)
            return Cell(t("live", "prices"), looks.bright)
        pattern = "%m-%d %H:%M" if with_day or dated else "%H:%M"
        return Cell(zone.format(row.node.slot_ms, pattern), looks.text)

    return (
        Column(
            key="time",
            title="time",
            width=11 if with_day or dated else 5,
            align="left",
            paint=time,
            value=lambda row: row.node.slot_ms,
            help="The slot: every half hour from the board day's 00:00; 'live' is now, 'last' are "
            "the prices before the feed went.",
        ),
        # Over many days the nodes come summed: which coins were best is not known.
        *(one for one in _NODE_FIGURES if not with_day or one.key not in ("best", "worst")),
    )


def _sum(row: NodeRow, looks: Looks, _: int) -> Cell:
    node = row.node
    mark = "~" if node.provisional and not row.is_live else " "
    return Cell(signed(node.sum_pct) + mark, _figure_look(row, node.sum_pct, looks))


def _mean(row: NodeRow, looks: Looks, _: int) -> Cell:
    return Cell(signed(row.node.mean_pct, 3), _figure_look(row, row.node.mean_pct, looks))


def _figure_look(row: NodeRow, value: float | None, looks: Looks) -> Style:
    if row.aging:
        return looks.dim
    return looks.faint if row.node.state is NodeState.GAP else looks.signed(value)


def _valid(row: NodeRow, looks: Looks, _: int) -> Cell:
    node = row.node
    whole = node.valid == node.expected
    return Cell(f"{node.valid}/{node.expected}", looks.dim if whole else looks.warn)


def _extreme(found: tuple[str | None, float | None], looks: Looks) -> Cell:
    coin, pct = found
    if coin is None:
        return Cell(ABSENT, looks.faint)
    text = f"{fit(coin, 5)}{signed(pct):>7}"
    return Cell(text, looks.signed(pct))


def _state(row: NodeRow, looks: Looks, _: int) -> Cell:
    node = row.node
    if row.is_live:
        return Cell(told(node.reason or ""), looks.dim)
    word = {NodeState.OK: "", NodeState.SUM_ONLY: "imported sum"}.get(node.state, node.state.value)
    if node.provisional and not word:
        return Cell(t("provisional"), looks.dim)
    why = node.reason or ""
    text = because(t(word, "node"), why) if why and word else t(word, "node") or told(why)
    bad = node.state in (NodeState.GAP, NodeState.MISSING)
    return Cell(text, looks.bad if bad else looks.warn)


def _state_word(row: NodeRow) -> str:
    if row.is_live:
        return "live"
    is_provisional = row.node.provisional and row.node.state is NodeState.OK
    return "provisional" if is_provisional else row.node.state.value


_NODE_FIGURES: tuple[Column[NodeRow], ...] = (
    Column(
        key="sum",
        title="sum %",
        width=9,
        paint=_sum,
        value=lambda row: row.node.sum_pct,
        unit="%",
        help="Sum of the valid coins' changes since 00:00. ~ marks a provisional node: a last "
        "trade near the slot, until the bar's open is known.",
    ),
    Column(
        key="mean",
        title="per coin",
        width=8,
        paint=_mean,
        value=lambda row: row.node.mean_pct,
        priority=3,
        unit="%",
        help="The sum divided by the number of valid coins.",
    ),
    Column(
        key="n",
        title="coins",
        width=5,
        paint=_valid,
        value=lambda row: row.node.valid,
        says=lambda row: f"{row.node.valid}/{row.node.expected}",
        files=(
            ("coins", lambda row: row.node.valid),
            ("coins_expected", lambda row: row.node.expected),
        ),
        priority=1,
        help="Coins with a price, of those expected. Below 20 the node is a gap.",
    ),
    Column(
        key="up",
        title="up",
        width=3,
        paint=lambda row, looks, _: Cell(str(row.node.up) if row.node.valid else ABSENT, looks.up),
        value=lambda row: row.node.up,
        priority=4,
        pair="moves",
        help="Coins above their base price.",
    ),
    Column(
        key="down",
        title="down",
        width=4,
        paint=lambda row, looks, _: Cell(
            str(row.node.down) if row.node.valid else ABSENT, looks.down
        ),
        value=lambda row: row.node.down,
        priority=4,
        pair="moves",
        help="Coins below their base price.",
    ),
    Column(
        key="best",
        title="best",
        width=12,
        align="left",
        paint=lambda row, looks, _: _extreme(extremes(row.node)[0], looks),
        value=lambda row: row.node.best_pct,
        files=(
            ("best", lambda row: extremes(row.node)[0][0]),
            ("best_pct", lambda row: extremes(row.node)[0][1]),
        ),
        priority=5,
        pair="extremes",
        unit="%",
        help="The coin with the largest change.",
    ),
    Column(
        key="worst",
        title="worst",
        width=12,
        align="left",
        paint=lambda row, looks, _: _extreme(extremes(row.node)[1], looks),
        value=lambda row: row.node.worst_pct,
        files=(
            ("worst", lambda row: extremes(row.node)[1][0]),
            ("worst_pct", lambda row: extremes(row.node)[1][1]),
        ),
        priority=5,
        pair="extremes",
        unit="%",
        help="The coin with the smallest change.",
    ),
    Column(
        key="state",
        title="state",
        width=11,
        align="left",
        grows=True,
        paint=_state,
        value=_state_word,
        priority=2,
        help="partial: drawn, though coins are missing; gap: too few coins to be drawn; missing: "
        "nothing stored; each with its reason.",
    ),
)


def _coin(row: CoinRow, looks: Looks, _: int) -> Cell:
    return Cell(row.change.coin, looks.text if row.change.change_pct is not None else looks.dim)


def _rank(row: CoinRow, looks: Looks, _: int) -> Cell:
    if row.rank == 0:
        return Cell("")
    return Cell(
        f"{'▴' if row.rank > 0 else '▾'}{abs(row.rank)}", looks.up if row.rank > 0 else looks.down
    )


def note_of(row: CoinRow) -> str:
    """What has to be said of a coin; mostly nothing."""
    if row.change.reason:
        return told(row.change.reason)
    if row.age_ms is not None and row.age_ms >= AGED_MS:
        return age(row.age_ms)
    return t("~last") if row.age_ms is None and row.change.source == "ticker" else ""


def _note(row: CoinRow, looks: Looks, _: int) -> Cell:
    return Cell(note_of(row), looks.warn if row.change.reason else looks.dim)


def _price(row: CoinRow, looks: Looks, _: int) -> Cell:
    aged = row.age_ms is not None and row.age_ms >= AGED_MS
    return Cell(price(row.change.price), looks.dim if aged else looks.text)


def bar(value: float | None, scale: float, width: int, looks: Looks) -> Cell:
    """A bar from the middle: to the right for a rise, to the left for a fall."""
    half = (width - 1) // 2
    if value is None or scale <= 0 or half < 1:
        return Cell(" " * width)
    halves = round(abs(value) / scale * half * 2)
    full, odd = divmod(halves, 2)
    left, right = " " * half, " " * (width - half - 1)
    if value > 0:
        right = ("━" * full + "╸" * odd).ljust(width - half - 1)
    else:
        left = ("╺" * odd + "━" * full).rjust(half)
    style = looks.signed(value)
    parts = (Segment(left, style), Segment("│", looks.faint), Segment(right, style))
    return Cell(left + "|" + right, style, parts)


COIN_COLUMNS: tuple[Column[CoinRow], ...] = (
    Column(
        key="rank",
        title="",
        width=2,
        align="left",
        paint=_rank,
        priority=1,
        help="▴1 to ▴5: the five largest rises; ▾1 to ▾5: the five largest falls.",
    ),
    Column(
        key="coin",
        title="coin",
        width=5,
        align="left",
        paint=_coin,
        value=lambda row: row.change.coin,
        help="The base asset; its USDT perpetual on OKX.",
    ),
    Column(
        key="base",
        title="base",
        width=11,
        paint=lambda row, looks, _: Cell(price(row.change.base), looks.dim),
        value=lambda row: row.change.base,
        priority=2,
        unit="USDT",
        help="The price at the day's first slot, 00:00: the open of the bar that begins at 00:00.",
    ),
    Column(
        key="price",
        title="price",
        width=11,
        paint=_price,
        value=lambda row: row.change.price,
        priority=1,
        unit="USDT",
        help="The open of the bar that begins at the slot; live: the last trade.",
    ),
    Column(
        key="change",
        title="change %",
        width=9,
        paint=lambda row, looks, _: Cell(
            signed(row.change.change_pct), looks.signed(row.change.change_pct)
        ),
        value=lambda row: row.change.change_pct,
        unit="%",
        help="(price − base) / base × 100: what the coin adds to the sum.",
    ),
    Column(
        key="bar",
        title="",
        width=9,
        align="left",
        grows=True,
        paint=lambda row, looks, width: bar(row.change.change_pct, row.scale_pct, width, looks),
        priority=5,
        help="The coin's part in the sum; the longest bar is the largest change.",
    ),
    Column(
        key="day",
        title="the day",
        width=DAY_WIDTH,
        align="left",
        paint=lambda row, looks, _: Cell(row.day, looks.dim),
        priority=6,
        searched=False,
        help="The coin's changes at the nodes of the day, two hours a block, from its own lowest "
        "to its own highest; a space: no price, or still to come.",
    ),
    Column(
        key="note",
        title="note",
        width=6,
        align="left",
        paint=_note,
        value=note_of,
        priority=3,
        help="Why there is no change (the whole reason is in the title), how old a live price is, "
        "or ~last: a last trade near the slot, until the bar's open is known.",
    ),
)
