"""The optional aggregate source: a third party's totals of liquidations, people and position.

Two shapes are read, both undocumented and known from what the originals of this monitor read:

* the web page's script, `bicoin.php?from=24hbaocang|1hbaocang|realhold&t=<ms>`, asked with the
  page as Referer: `{"code": 0, "data": …}` in USD and persons;
* the originals' own `/api/panic/latest`: amounts in 10,000 USD, people in 10,000, position in 100
  million USD, times in UTC+8.
"""

import re
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from tui_monitor.clock import UTC_PLUS_8, Clock, epoch_ms
from tui_monitor.errors import FeedError, Malformed, Rejected
from tui_monitor.feeds.http import Http
from tui_monitor.printable import printable

SCRIPT = "/bicoin.php"
PANIC = "/api/panic/latest"
# What the originals refused, and more than any market has held.
MOST_PEOPLE = 1_000_000.0
MOST_POSITION_USD = 2e10
_TOTAL = "全网总计"
_TOTAL_OTHERWISE = "net total"
_NUMBER = re.compile(r"[0-9]{9,14}", re.ASCII)


class AggregateFigures(Struct, frozen=True, kw_only=True):
    """What the source said: USD, persons. A zero is None: the source has them when it fails."""

    source_ms: int | None
    usd_1h: float | None
    usd_24h: float | None
    people_24h: float | None
    position_usd: float | None


class AggregateClient:
    """Asks one source. `url` is a shape's own address, or the folder of both."""

    def __init__(self, url: str, clock: Clock, referer: str = "") -> None:
        base, self._shape = _split(url)
        self._clock = clock
        self._http = Http(base, clock, explain)
        if referer:
            self._http.headers["Referer"] = referer

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def read(self) -> AggregateFigures:
        """The figures of now; FeedError where there are none, or none that can be."""
        if self._shape is not None:
            found = await self._read(self._shape)
        else:
            try:
                found, self._shape = await self._read(SCRIPT), SCRIPT
            except Rejected as error:
                if error.code != "404":
                    raise
                found, self._shape = await self._read(PANIC), PANIC
        _check(found)
        return found

    async def _read(self, shape: str) -> AggregateFigures:
        return await (self._read_script() if shape == SCRIPT else self._read_panic())

    async def _read_script(self) -> AggregateFigures:
        day = _fields(await self._ask_script("24hbaocang"), SCRIPT)
        held = await self._ask_script("realhold")
        usd_1h = _amount(day.get("totalBlastUsd1h"))
        if usd_1h is None:
            hour = await self._ask_script("1hbaocang")
            usd_1h = _amount(hour.get("totalBlastUsd1h")) if isinstance(hour, dict) else None
        return AggregateFigures(
            source_ms=_time_ms(day.get("updateTime")),
            usd_1h=usd_1h,
            usd_24h=_amount(day.get("totalBlastUsd24h")),
            people_24h=_amount(day.get("totalBlastNum24h")),
            position_usd=_position(held),
        )

    async def _ask_script(self, what: str) -> Any:
        params = {"from": what, "t": str(self._clock.now_ms())}
        return _envelope(await self._http.get(SCRIPT, params), SCRIPT).get("data")

    async def _read_panic(self) -> AggregateFigures:
        data = _fields(_envelope(await self._http.get(PANIC), PANIC).get("data"), PANIC)
        return AggregateFigures(
            source_ms=_time_ms(data.get("record_time")),
            usd_1h=_amount(data.get("hour_1_amount"), 1e4),
            usd_24h=_amount(data.get("hour_24_amount"), 1e4),
            people_24h=_amount(data.get("hour_24_people"), 1e4),
            position_usd=_amount(data.get("total_position"), 1e8),
        )


def explain(body: bytes) -> FeedError | None:
    """The error that an envelope carries: a code that is not 0, or no success."""
    try:
        envelope = _DECODER.decode(body)
    except msgspec.MsgspecError:
        return None
    if not isinstance(envelope, dict):
        return None
    code, text = envelope.get("code", 0), envelope.get("msg") or envelope.get("error") or ""
    if code not in (0, "0", 404, "404") or envelope.get("success") is False:
        return Rejected(f"{printable(str(code))} {printable(str(text), 120)}", str(code))
    return None


def _split(url: str) -> tuple[str, str | None]:
    base = url.rstrip("/")
    for shape in (SCRIPT, PANIC):
        if base.endswith(shape):
            return base.removesuffix(shape), shape
    return base, None


def _envelope(body: bytes, path: str) -> dict[str, Any]:
    try:
        return _fields(_DECODER.decode(body), path)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise Malformed(f"{path}: {printable(str(error), 120)}") from error


def _fields(value: Any, path: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Malformed(f"{path}: no object where the figures should be")
    return value


def _amount(value: Any, unit: float = 1.0) -> float | None:
    """A number or its text, times its unit. Zero, NaN and what is no number are None."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except ValueError:
        return None
    return number * unit if number and abs(number) < 1e18 else None


def _position(rows: Any) -> float | None:
    """The total's row."""
    for row in rows if isinstance(rows, list) else []:
        if not isinstance(row, dict):
            continue
        other = str(row.get("exchangeOtherName", "")).lower()
        if row.get("exchange") == _TOTAL or _TOTAL_OTHERWISE in other:
            return _amount(row.get("amount"))
    return None


def _time_ms(value: Any) -> int | None:
    """Epoch s or ms, as a number or text, or a time in UTC+8."""
    text = str(value).strip() if isinstance(value, int | str) else ""
    if _NUMBER.fullmatch(text):
        return epoch_ms(int(text))
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC_PLUS_8)
    return int(moment.timestamp() * 1000)


def _check(found: AggregateFigures) -> None:
    """Malformed for what can't be."""
    for name, value, most in (
        ("people", found.people_24h, MOST_PEOPLE),
        ("position", found.position_usd, MOST_POSITION_USD),
        ("liquidations of 1 h", found.usd_1h, MOST_POSITION_USD),
        ("liquidations of 24 h", found.usd_24h, MOST_POSITION_USD),
    ):
        if value is not None and not 0 < value <= most:
            raise Malformed(f"the aggregate source's {name} can't be {value:g}")


_DECODER = msgspec.json.Decoder()
