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
    Told,
)
from tui_monitor.screens.boards.oi.columns import PARTIAL
from tui_monitor.screens.boards.spreads.cells import amount
from tui_monitor.screens.looks.format import ABSENT, ShownZone, because, count, fit, signed
from tui_monitor.screens.looks.looks import Looks
from tui_monitor.screens.widgets.line import Piece, cut, fitting
from tui_monitor.words import counted, joined, t, told


def headline(board: OpenInterestBoard, zone: ShownZone, looks: Looks, width: int) -> list[Piece]:
    """What it is ranked by, the sum and what it lacks, and what is being asked for."""
    before = [[(_ranked_by(board), looks.title)], *_total(board, looks)]
    if not board.live:
        stored = because(t("stored"), board.reason)
        before.insert(1, [(cut(stored, width // 2), looks.warn)])
    after = _lacks(board, looks)
    ranked = t("{n} of {all} coins ranked", n=board.ranked, all=board.coins)
    after.append([(ranked, looks.dim)])
    if board.sampled_ms is not None:
        sampled = zone.when(board.sampled_ms, board.now_ms)
        after.append([(t("sampled "), looks.faint), (sampled, looks.dim)])
    after.append([("█ binance ▓ okx ▒ bybit ░ bitget", looks.faint)])
    reading = [[(text, looks.dim)] for text in reading_texts(board.past)]
    line = fitting([*before, *after], "  ", width)
    for one in reading:
        line = fitting([*before, one, *after], "  ", width)
        if one[0] in line:
            break
    return line


def _ranked_by(board: OpenInterestBoard) -> str:
    by_change = board.by is RankedBy.CHANGE
    return t("{hours} h by |USD change|" if by_change else "{hours} h by size", hours=board.hours)


def _total(board: OpenInterestBoard, looks: Looks) -> list[list[Piece]]:
    if board.usd is None:
        return [[(t("total "), looks.faint), (t("not known yet"), looks.dim)]] * bool(board.rows)
    is_rough = board.partial or any(row.stale for row in board.rows)
    mark = PARTIAL if is_rough else ""
    style = looks.warn if is_rough else looks.text
    return [[(t("total "), looks.faint), (f"{mark}{count(board.usd)} $", style)]]


def _lacks(board: OpenInterestBoard, looks: Looks) -> list[list[Piece]]:
    """What the total lacks, or has that it should not have."""
    groups: list[list[Piece]] = []
    if board.partial:
        groups.append([(f"{PARTIAL} {t('{n} partial', n=board.partial)}", looks.warn)])
    if board.jumped:
        groups.append([(f"! {t('{n} recounted', n=board.jumped)}", looks.warn)])
    late = ", ".join(_late(one) for one in board.told if not one.is_whole)
    if late:
        groups.append([(t("told "), looks.faint), (late, looks.dim)])
    return groups


def _late(told_of: Told) -> str:
    """`binance 34 of 541`."""
    if told_of.reason:
        return because(told_of.exchange, told_of.reason)
    exchange, told_by = told_of.exchange, told_of.told
    return t("{exchange} {n} of {all}", exchange=exchange, n=told_by, all=told_of.perps)


def reading_texts(past: Sequence[InterestPast]) -> list[str]:
    """What is being asked of the exchanges' records, at length and in short; nothing: none."""
    asked = [one for one in past if one.reading]
    if not asked:
        return []
    if len(asked) == 1:
        (one,) = asked
        short = t(
            "reading {exchange} {n}/{all}", exchange=one.exchange, n=one.read, all=one.reading
        )
        if one.wait_s > 0:
            short += t(", waits {s} s", s=f"{one.wait_s:.0f}")
        return [told(one.text), short]
    read, reading = sum(one.read for one in asked), sum(one.reading for one in asked)
    parts = ", ".join(f"{one.exchange} {_progress(one)}" for one in asked)
    return [
        t("reading histories: {parts}", parts=parts),
        counted(
            len(asked),
            "reading {read} of {all} histories from one exchange",
            "reading {read} of {all} histories from {n} exchanges",
            read=read,
            all=reading,
        ),
        t("reading {n} of {all} histories", n=read, all=reading),
    ]


def _progress(one: InterestPast) -> str:
    wait = t(" waits {s} s", s=f"{one.wait_s:.0f}") if one.wait_s > 0 else ""
    return t("{n} of {all}", n=one.read, all=one.reading) + wait


def why_empty(board: OpenInterestBoard) -> str:
    """Why there are no rows."""
    nothing = "no open interest is known yet: the first round takes some seconds"
    return told(board.reason or nothing)


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
    gaps = [told(text) for text in row.gaps(hours) if text != change.reason]
    jumps = [_evidence(one, row, board, zone) for one in row.jumps]
    return (
        fitting([[(f"{row.coin} ", looks.bright)], *_legs(row, looks, width)], "  ", width),
        [
            (t("{hours} h ", hours=hours), looks.faint),
            (fit(_was(change), room - 5).rstrip(), looks.text),
        ],
        [(fit(joined(gaps), room).rstrip(), looks.warn if row.is_rough else looks.dim)],
        [(fit(joined(jumps), room).rstrip(), looks.warn)],
    )


def _evidence(jump: MethodJump, row: InterestRow, board: OpenInterestBoard, zone: ShownZone) -> str:
    then, now = (zone.when(ms, board.now_ms) for ms in (jump.from_ms, jump.at_ms))
    values = t(
        "{coins_then} coins {then}, {coins_now} {now}",
        coins_then=amount(jump.coins_then),
        then=then,
        coins_now=amount(jump.coins_now),
        now=now,
    )
    return because(because(told(row.where_is(jump, board.hours)), values), jump.text)


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
    why = told(leg.suspicion or leg.reason)
    if leg.usd is None:
        return [(f"{leg.exchange} ", looks.faint), (why or ABSENT, looks.warn)]
    return [
        (f"{leg.exchange} ", looks.faint),
        (said, looks.text),
        (" !" if leg.recounted else "", looks.warn),
        (f" {why}" if why else "", looks.warn),
    ]


def _leg_whole(leg: InterestLeg) -> str:
    ratio = ""
    if leg.long_accounts_pct is not None:
        ratio = t(" acc {pct} %", pct=f"{leg.long_accounts_pct:.0f}")
    return f"{_leg_value(leg)}{ratio}{t(' stale') if leg.stale else ''}"


def _leg_value(leg: InterestLeg) -> str:
    share = "" if leg.share_pct is None else f" {leg.share_pct:.0f} %"
    return f"{count(leg.usd)} ${share}"


def _leg_share(leg: InterestLeg) -> str:
    return ABSENT if leg.share_pct is None else f"{leg.share_pct:.0f} %"


def _was(change: InterestChange) -> str:
    if change.coins_then is None or change.coins_now is None:
        return told(change.reason or "not known")
    return t(
        "{then} to {now} coins ({pct} %) of {names}",
        then=amount(change.coins_then),
        now=amount(change.coins_now),
        pct=signed(change.change_pct),
        names=", ".join(change.exchanges),
    )
