"""What is judged, how much was found, and how long things are kept."""

from msgspec import Struct

from tui_monitor.model import Exchange


class Upkeep(Struct, frozen=True, kw_only=True):
    """`watched` perpetuals are judged now; `candle_symbols` have kept bars.

    What is watched and the anomalies are of the `exchanges` and the `bar` that the settings name.
    `evaluated_ms` is of the newest evaluation, None where there was none. `picks` is how many the
    newest board has. `keeps_h`: anomalies and bars are kept so long, `every_h` apart is removed
    what is older; None where nobody removes anything.
    """

    exchanges: tuple[Exchange, ...]
    bar: str
    watched: int
    candle_symbols: int
    anomalies_1h: int
    anomalies_24h: int
    picks: int
    evaluated_ms: int | None
    keeps_h: float | None
    every_h: float | None
