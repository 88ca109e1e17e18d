"""The exchanges of the simulator. A new one is its own module and a line here."""

from collections.abc import Callable, Mapping

from tui_monitor.simulator.binance import Binance
from tui_monitor.simulator.bitget import Bitget
from tui_monitor.simulator.bybit import Bybit
from tui_monitor.simulator.okx import Okx
from tui_monitor.simulator.shared import Exchange, Shared

EXCHANGES: Mapping[str, Callable[[Shared], Exchange]] = {
    "okx": Okx,
    "binance": Binance,
    "bybit": Bybit,
    "bitget": Bitget,
}
