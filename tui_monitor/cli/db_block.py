"""What `db info` and `db clean` print of a database: as a whole, and kind by kind."""

from tui_monitor.clock import DAY_MS, BoardZone, Clock
from tui_monitor.config import Retention
from tui_monitor.model import StoreInfo
from tui_monitor.printable import printable
from tui_monitor.store import Cleaned, Reader

_LABEL = 18
_NUMBER = 12


async def summary(
    reader: Reader, found: StoreInfo, retention: Retention, clock: Clock
) -> list[str]:
    """The file, how long things are kept, and what there is to judge coins by."""
    counts = await reader.candle_counts()
    bars = ", ".join(f"{one.exchange.value} {one.bar} {one.candles:,}" for one in counts)
    before = await reader.count_older(clock.now_ms() - DAY_MS)
    rows = found.rows["candles"]
    return [
        _line("file", printable(found.path, 300)),
        _line("size", f"{found.size_bytes:,} bytes, WAL {found.wal_bytes:,}"),
        _line("schema", f"{found.schema_version} (SQLite {found.sqlite_version})"),
        _line("holds", _held(found)),
        _line("retention", _kept(retention)),
        _line("symbols", f"{await reader.candle_symbols():,}"),
        _line("klines", f"{rows:,}{f' ({bars})' if bars else ''}"),
        _line("anomalies 24h", f"{found.rows['anomalies'] - before['anomalies']:,}"),
    ]


def contents(
    found: StoreInfo, zone: BoardZone, told: Cleaned | None = None, hours: float = 0
) -> list[str]:
    """The rows of each kind and the time of the oldest; with `told`, how many are to go."""
    older = f"{f'> {hours:g} h':>{_NUMBER}}" if told else ""
    lines = [f"{'':<{_LABEL}}{'rows':>{_NUMBER}}{older}  oldest"]
    for name, rows in found.rows.items():
        oldest_ms = found.oldest_ms.get(name)
        since = "" if oldest_ms is None else f"  {zone.format(oldest_ms)}"
        gone = "" if told is None else f"{_count(told, name):>{_NUMBER}}"
        lines.append(f"{name:<{_LABEL}}{rows:>{_NUMBER},}{gone}{since}".rstrip())
    return lines


def _count(told: Cleaned, name: str) -> str:
    """What is kept for good has no number."""
    return f"{told.rows[name]:,}" if name in told.rows else ""


def _line(label: str, text: str) -> str:
    return f"{label:<{_LABEL}}{text}"


def _held(found: StoreInfo) -> str:
    """Whose data: an import marks nothing, the first engine does."""
    if found.kind:
        return f"{found.kind} data"
    told = "imported data" if any(found.rows.values()) else "nothing yet"
    return f"{told}; the first engine here says whether they are real or simulated"


def _kept(retention: Retention) -> str:
    cap = f"{retention.max_db_size_mb:g} MB" if retention.max_db_size_mb else "no size limit"
    return (
        f"candles {retention.candles_h:g} h, anomalies {retention.anomalies_h:g} h, "
        f"interest by 5 min {retention.interest_fine_days:g} d and by the hour "
        f"{retention.interest_days:g} d, liquidations {retention.liquidations_days:g} d, "
        f"spreads {retention.spreads_days:g} d, every {retention.every_h:g} h, {cap}"
    )
