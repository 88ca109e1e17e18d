"""The source's two faces: a script of a web page, and the interface of an older monitor."""

import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from starlette.routing import BaseRoute, Route

from tui_monitor.clock import DAY_MS
from tui_monitor.simulator.aggregate.figures import Counted, Figures
from tui_monitor.simulator.faults import AGGREGATE, Dialect, Target
from tui_monitor.simulator.serving import Answer, Params, Rest
from tui_monitor.simulator.shared import Exchange, Root, Shared

_UTC_8_MS = DAY_MS // 3
_CNY = 7.0703
_CROWD = 1_730_000
_TEN_THOUSAND, _HUNDRED_MILLION = 1e4, 1e8
_TOTAL, _TOTAL_IN_ENGLISH = "全网总计", "Net total"
_SHOWN = {"okx": "OKX", "binance": "Binance", "bybit": "Bybit", "bitget": "Bitget"}
_MOST_COINS = 20
_DIALECT = Dialect(
    prices=re.compile(
        rb'("(?:totalBlastUsd1h|totalBlastUsd24h|amount|lastAmount|buyAmount|sellAmount'
        rb'|hour_1_amount|hour_24_amount|total_position|panic_index)":)[^,}\]]*'
    ),
    times=re.compile(rb'("updateTime":)(\d+)'),
)


class Aggregate:
    """Everything below `/aggregate`."""

    def __init__(self, shared: Shared, exchanges: Mapping[str, Exchange]) -> None:
        self._shared = shared
        self.root = Root(shared, AGGREGATE, f"/{AGGREGATE}")
        totals = {name: exchange.totals for name, exchange in exchanges.items()}
        self._counted = Counted(shared.world.seed, totals)

    def routes(self) -> list[BaseRoute]:
        """REST alone."""
        rest = Rest(
            root=self.root,
            answers={"/bicoin.php": self._bicoin, "/api/panic/latest": self._panic},
            limits={},
            too_many=Answer({"code": 429, "msg": "Too Many Requests"}, 429),
            missing=Answer({"code": 404, "msg": "Not Found"}, 404),
            broken=Answer({"code": 500, "msg": "Internal Server Error"}, 500),
            target_of=lambda path, _: Target(path=path, family="liquidations"),
            dialect=_DIALECT,
        )
        return [Route(f"{self.root.path}/{{path:path}}", rest.__call__, methods=["GET", "POST"])]

    # --- what is told -------------------------------------------------------------------

    async def _bicoin(self, params: Params) -> Answer:
        """What it doesn't know is no error but null."""
        answers: Mapping[str, Callable[[], Awaitable[Any]]] = {
            "24hbaocang": self._of_a_day,
            "1hbaocang": self._of_an_hour,
            "realhold": self._held,
            "30daybaocang": self._of_a_month,
        }
        answer = answers.get(params.get("from") or "")
        data = None if answer is None else await answer()
        return Answer({"code": 0, "data": self._zeroed(data)})

    async def _of_a_day(self) -> dict[str, Any]:
        figures = await self._figures()
        coin, exchange, largest = figures.largest
        return {
            **_blast("24h", figures.usd_24h),
            **_blast("1h", figures.usd_1h),
            "totalBlastNum24h": self._people(figures),
            "maxCoin": coin,
            "maxExchange": _SHOWN.get(exchange, exchange),
            "maxCount": round(largest),
            "updateTime": figures.ms,
            "coinsDataList": _coins(figures),
            "exchangesDataList": _exchanges(figures),
        }

    async def _of_an_hour(self) -> dict[str, Any]:
        figures = await self._figures()
        return {**_blast("1h", figures.usd_1h), "updateTime": figures.ms}

    async def _held(self) -> list[dict[str, Any]]:
        figures = await self._figures()
        now, before = figures.held, figures.held_yesterday
        total, total_before = sum(now.values()), sum(before.values())
        rows = [_holding(_TOTAL, _TOTAL_IN_ENGLISH, (total, total_before), total)]
        for name, usd in sorted(now.items(), key=lambda item: -item[1]):
            rows.append(_holding(_SHOWN[name], _SHOWN[name], (usd, before[name]), total))
        return rows

    async def _of_a_month(self) -> dict[str, Any]:
        days = await self._counted.days(self._at_ms())
        longs, shorts = sum(day.long_usd for day in days), sum(day.short_usd for day in days)
        return {
            "totalAmount": round(longs + shorts, 2),
            "totalRate": round(_share(longs, shorts), 2),
            "list": [
                {
                    "dateStr": _beijing(day.begin_ms).strftime("%Y-%m-%d"),
                    "buyAmount": round(day.long_usd, 2),
                    "sellAmount": round(day.short_usd, 2),
                }
                for day in days
            ],
        }

    async def _panic(self, _params: Params) -> Answer:
        """In the older monitor's units: amounts in 万$, people in 万, positions in 亿$."""
        figures = await self._figures()
        people = self._people(figures) / _TEN_THOUSAND
        position = sum(figures.held.values()) / _HUNDRED_MILLION
        amount_24h = figures.usd_24h / _TEN_THOUSAND
        told: dict[str, Any] = {
            "panic_index": _share(people, position),
            "wash_index": _share(amount_24h / 100, position),
            "hour_24_people": round(people, 2),
            "total_position": round(position, 2),
            "hour_1_amount": round(figures.usd_1h / _TEN_THOUSAND, 2),
            "hour_24_amount": round(amount_24h, 2),
        }
        told = self._zeroed(told)
        zone = f"{told['hour_24_people']}万人/{told['total_position']}亿美元"
        return Answer(
            {
                "success": True,
                "data": {
                    "record_time": _beijing(figures.ms).strftime("%Y-%m-%d %H:%M:%S"),
                    **told,
                    "panic_level": "低恐慌",
                    "level_color": "green",
                    "market_zone": zone,
                },
            }
        )

    # --- what is wrong with it ----------------------------------------------------------

    async def _figures(self) -> Figures:
        return await self._counted.at(self._at_ms())

    def _at_ms(self) -> int:
        """Now, or when the values began to stand still."""
        now_ms = self._shared.clock.now_ms()
        for left_s, fault in self._shared.faults.active():
            if (fault.exchange, fault.kind) == (AGGREGATE, "stale"):
                return now_ms - int((fault.seconds - left_s) * 1_000)
        return now_ms

    def _people(self, figures: Figures) -> int:
        return _CROWD if self._is_broken("crowd") else figures.people_24h

    def _zeroed(self, data: Any) -> Any:
        return _without_values(data) if self._is_broken("zeros") else data

    def _is_broken(self, kind: str) -> bool:
        return bool(self._shared.faults.of_kind(AGGREGATE, (kind,)))


def _blast(hours: str, usd: float) -> dict[str, Any]:
    return {f"totalBlastUsd{hours}": round(usd, 2), f"totalBlastCny{hours}": round(usd * _CNY)}


def _coins(figures: Figures) -> list[dict[str, Any]]:
    return [
        {
            "coin": coin,
            "icon": f"https://example.invalid/{coin}.png",
            "totalBlast": round(usd, 2),
            "totalBlastAboutCount": count,
            "totalBlastAboutRate": _share(usd, figures.usd_24h),
            "totalBlastCny": round(usd * _CNY),
        }
        for coin, (usd, count) in list(figures.by_coin.items())[:_MOST_COINS]
    ]


def _exchanges(figures: Figures) -> list[dict[str, Any]]:
    every = {f"{_SHOWN[name]} 合约": usd for name, usd in figures.by_exchange.items()}
    return [
        {
            "exchange": name,
            "totalBlast": round(usd, 2),
            "totalBlastRate": _share(usd, figures.usd_24h),
            "imgUrl": "",
        }
        for name, usd in {**every, _TOTAL: figures.usd_24h}.items()
    ]


def _holding(name: str, other: str, amounts: tuple[float, float], total: float) -> dict[str, Any]:
    now, before = amounts
    return {
        "exchange": name,
        "exchangeOtherName": other,
        "amount": round(now, 2),
        "lastAmount": round(before, 2),
        "dayChanges": _share(now - before, before),
        "ratio": _share(now, total),
    }


def _share(part: float, whole: float) -> float:
    """As the source has it: nothing of nothing is nothing."""
    return round(part / whole, 4) if whole else 0


def _without_values(data: Any) -> Any:
    """The same with every number zero but times."""
    if isinstance(data, dict):
        return {
            key: value if key == "updateTime" else _without_values(value)
            for key, value in data.items()
        }
    if isinstance(data, list):
        return [_without_values(item) for item in data]
    return 0 if isinstance(data, int | float) else data


def _beijing(ms: int) -> datetime:
    return datetime.fromtimestamp((ms + _UTC_8_MS) / 1000, UTC)
