"""What the cursor of a chart of candles says."""

from tui_monitor.model import CandleRow
from tui_monitor.screens.format import ABSENT, count, price, signed
from tui_monitor.words import t


def of_bar(bar: CandleRow, *, forms: bool) -> str:
    """A bar's prices, its change and its turnover."""
    names = (("O", bar.open), ("H", bar.high), ("L", bar.low), ("C", bar.close))
    parts = [f"{name} {price(value)}" for name, value in names]
    if bar.open > 0:
        parts.append(f"{signed((bar.close / bar.open - 1) * 100)} %")
    usd = ABSENT if bar.turnover_usd is None else count(bar.turnover_usd)
    parts.append(t("turnover {usd} USD", usd=usd))
    if forms:
        parts.append(t("it forms"))
    return "  ".join(parts)


def of_no_bar() -> str:
    """Where a chart of bars has none."""
    return t("no bar is stored or was told here")
