"""The open-interest board's headline, and the lines about the row under the cursor."""

from collections.abc import Sequence

from rich.cells import cell_len

from tui_monitor.boards.open_interest import (
    InterestChange,
    InterestLeg,
    InterestPast,
    InterestRow,
    MethodJump,
    OpenInterestBoard,
    RankedBy,
)
from tui_monitor.screens.format import ABSENT, ShownZone, count, fit, signed
from tui_monitor.screens.looks import Looks
from tui_monitor.screens.oi_columns import PARTIAL
from tui_monitor.screens.spreads_cells import amount
from tui_monitor.screens.widgets.line import Piece, fitting


def headline(board: OpenInterestBoard, zone: ShownZone, looks: Looks, width: int) -> list[Piece]:
    """What it is ranked by, the sum and what it lacks, and what is being asked for."""
    before = [[(_ranked_by(board), looks.title)], *_total(board, looks)]
    if not board.live:
        before.insert(1, [(f"stored: {board.reason}", looks.warn)])
    after = _lacks(board, looks)
    after.append([(f"{board.ranked} of {board.coins} coins ranked", looks.dim)])
    if board.sampled_ms is not None:
        sampled = zone.when(board.sampled_ms, board.now_ms)
        after.append([("sampled ", looks.faint), (sampled, looks.dim)])
    after.append([("█ binance ▓ okx ▒ bybit ░ bitget", looks.faint)])
    reading = [[(text, looks.dim)] for text in reading_texts(board.past)]
    line = fitting([*before, *after], "  ", width)
    for one in reading:
        line = fitting([*before, one, *after], "  ", width)
        if one[0] in line:
            break
    return line


def _ranked_by(board: OpenInterestBoard) -> str:
    what = "by |USD change|" if board.by is RankedBy.CHANGE else "by size"
    return f"{board.hours} h {what}"


def _total(board: OpenInterestBoard, looks: Looks) -> list[list[Piece]]:
    if board.usd is None:
        return [[("total ", looks.faint), ("not known yet", looks.dim)]] * bool(board.rows)
    mark = PARTIAL if board.partial else ""
    style = looks.warn if board.partial else looks.text
    return [[("total ", looks.faint), (f"{mark}{count(board.usd)} $", style)]]


def _lacks(board: OpenInterestBoard, looks: Looks) -> list[list[Piece]]:
    """What the total lacks, or has that it should not have."""
    groups: list[list[Piece]] = []
    if board.partial:
        groups.append([(f"{PARTIAL} {board.partial} partial", looks.warn)])
    if board.jumped:
        groups.append([(f"! {board.jumped} recounted", looks.warn)])
    late = ", ".join(one.text for one in board.told if not one.is_whole)
    if late and board.partial:
        groups.append([("told ", looks.faint), (late, looks.dim)])
    return groups


def reading_texts(past: Sequence[InterestPast]) -> list[str]:
    """What is being asked of the exchanges' records, at length and in short; nothing: none."""
    asked = [one for one in past if one.reading]
    if not asked:
        return []
    if len(asked) == 1:
        (one,) = asked
        wait = f", waits {one.wait_s:.0f} s" if one.wait_s > 0 else ""
        return [one.text, f"reading {one.exchange} {one.read}/{one.reading}{wait}"]
    read, reading = sum(one.read for one in asked), sum(one.reading for one in asked)
    parts = ", ".join(f"{one.exchange} {_progress(one)}" for one in asked)
    total = f"reading {read} of {reading} histories"
    return [f"reading histories: {parts}", f"{total} from {len(asked)} exchanges", total]


def _progress(one: InterestPast) -> str:
    wait = f" waits {one.wait_s:.0f} s" if one.wait_s > 0 else ""
    return f"{one.read} of {one.reading}{wait}"


def why_empty(board: OpenInterestBoard) -> str:
    """Why there are no rows."""
    return board.reason or "no open interest is known yet: the first round takes some seconds"


def detail(
    row: InterestRow | None,
    board: OpenInterestBoard,
    zone: ShownZone,
    looks: Looks,
    width: int,
) -> Sequence[list[Piece]]:
    """The perpetuals of the row, the window's ends, what the sum and the window lack and why, and
    both values of a change of method.
    """
    if row is None:
        return ()
    hours, room = board.hours, max(width - 1, 1)
    change = row.change(hours)
    gaps = [text for text in row.gaps(hours) if text != change.reason]
    jumps = [_evidence(one, row, board, zone) for one in row.jumps]
    return (
        fitting([[(f"{row.coin} ", looks.bright)], *_legs(row, looks, width)], "  ", width),
        [(f"{hours} h ", looks.faint), (fit(_was(change), room - 5).rstrip(), looks.text)],
        [(fit("; ".join(gaps), room).rstrip(), looks.warn if row.is_partial else looks.dim)],
        [(fit("; ".join(jumps), room).rstrip(), looks.warn)],
    )


def _evidence(jump: MethodJump, row: InterestRow, board: OpenInterestBoard, zone: ShownZone) -> str:
    then, now = (zone.when(ms, board.now_ms) for ms in (jump.from_ms, jump.at_ms))
    values = f"{amount(jump.coins_then)} coins {then}, {amount(jump.coins_now)} {now}"
    return f"{row.where_is(jump, board.hours)}: {values}: {jump.text}"


def _legs(row: InterestRow, looks: Looks, width: int) -> list[list[Piece]]:
    """The perpetuals: of each as much as lets all of them stay."""
    legs: list[list[Piece]] = []
    for words in (_leg_whole, _leg_value, _leg_share):
        legs = [_leg(leg, words(leg), looks) for leg in row.legs]
        texts = ["".join(text for text, _ in leg) for leg in legs]
        if cell_len("  ".join([f" {row.coin} ", *texts])) < width:
            break
    return legs


def _leg(leg: InterestLeg, said: str, looks: Looks) -> list[Piece]:
    why = leg.suspicion or leg.reason
    if leg.usd is None:
        return [(f"{leg.exchange} ", looks.faint), (why or ABSENT, looks.warn)]
    return [
        (f"{leg.exchange} ", looks.faint),
        (said, looks.text),
        (" !" if leg.recounted else "", looks.warn),
        (f" {why}" if why else "", looks.warn),
    ]


def _leg_whole(leg: InterestLeg) -> str:
    ratio = "" if leg.long_accounts_pct is None else f" acc {leg.long_accounts_pct:.0f} %"
    return f"{_leg_value(leg)}{ratio}{' stale' if leg.stale else ''}"


def _leg_value(leg: InterestLeg) -> str:
    share = "" if leg.share_pct is None else f" {leg.share_pct:.0f} %"
    return f"{count(leg.usd)} ${share}"


def _leg_share(leg: InterestLeg) -> str:
    return ABSENT if leg.share_pct is None else f"{leg.share_pct:.0f} %"


def _was(change: InterestChange) -> str:
    if change.coins_then is None or change.coins_now is None:
        return change.reason or "not known"
    names = ", ".join(change.exchanges)
    return (
        f"{amount(change.coins_then)} to {amount(change.coins_now)} coins "
        f"({signed(change.change_pct)} %) of {names}"
    )
