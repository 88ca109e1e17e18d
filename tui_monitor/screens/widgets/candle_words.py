"""What the cursor of a chart of candles says."""

from tui_monitor.model import CandleRow
from tui_monitor.screens.looks.format import ABSENT, count, price, signed
from tui_monitor.words import t


def of_bar(bar: CandleRow, *, forms: bool) -> str:
    """A bar's change, its prices and its turnover; what matters least is cut where it is narrow."""
    change = [f"{signed((bar.close / bar.open - 1) * 100)} %"] if bar.open > 0 else []
    names = (("C", bar.close), ("O", bar.open), ("H", bar.high), ("L", bar.low))
    prices = [f"{name} {price(value)}" for name, value in names]
    usd = ABSENT if bar.turnover_usd is None else count(bar.turnover_usd)
    said = [*change, *([t("it forms")] if forms else []), *prices]
    return "  ".join([*said, t("turnover {usd} USD", usd=usd)])


def of_no_bar() -> str:
    """Where a chart of bars has none."""
    return t("no bar is stored or was told here")
