"""What counts as an anomaly, of the settings."""

from typing import NamedTuple

from tui_monitor.boards.anomalies import MIN_BARS, Thresholds
from tui_monitor.config import Anomalies


class Rules(NamedTuple):
    """The settings that judge. `original`: the open bar, and low turnover counts like high.

    `min_bars` is with the judged one; the originals' number.
    """

    thresholds: Thresholds
    bars: int = 96
    original: bool = False
    indicators: bool = False
    min_bars: int = MIN_BARS

    @property
    def mode(self) -> str:
        """As the setting calls it."""
        return "original" if self.original else "closed"

    @classmethod
    def of(cls, settings: Anomalies) -> "Rules":
        """The rules that are set."""
        names = Thresholds.__struct_fields__
        return cls(
            thresholds=Thresholds(**{name: getattr(settings, name) for name in names}),
            bars=settings.bars,
            original=settings.mode == "original",
            indicators=settings.indicators,
        )
