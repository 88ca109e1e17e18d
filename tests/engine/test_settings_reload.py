"""Other settings while it runs: what can change does everywhere, what can't is named."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.support.virtual_time import VirtualClock, in_virtual_time
from tui_monitor import config
from tui_monitor.app import MonitorApp
from tui_monitor.attach.live import Live, live
from tui_monitor.attach.place import Place, Watched
from tui_monitor.boards.spreads import Filter
from tui_monitor.clock import DAY_MS
from tui_monitor.config import Settings, Ui
from tui_monitor.config.change import OF_TERMINALS, SettingsWatch
from tui_monitor.engine import opened_engine
from tui_monitor.engine.settings_reload import LIVE, SettingsReload
from tui_monitor.errors import SettingsError
from tui_monitor.screens.desk.settings_news import SettingsNews
from tui_monitor.source import Query
from tui_monitor.source.local import LocalSource
from tui_monitor.store.retention import KEPT

OFF = {f"exchanges.{name}.enabled": False for name in config.Exchanges.__struct_fields__}


@pytest.fixture(autouse=True)
def a_level_of_its_own() -> Iterator[None]:
    """How much is logged is the process's, and other tests read logs too."""
    level = logging.getLogger().level
    yield
    logging.getLogger().setLevel(level)


def read(**flags: Any) -> Settings:
    """Settings that a file could have."""
    named = {name.replace("__", "."): value for name, value in flags.items()}
    return config.load(Path("/dev/null"), {}, OFF | named).settings


class Host:
    """An engine, its source, and what a reload of it reads next."""

    def __init__(self, engine: Any, source: LocalSource) -> None:
        self.engine = engine
        self.source = source
        self.next: Settings | SettingsError = read()
        self.reload = SettingsReload(engine, self._read, has_terminal=False)

    def _read(self) -> Settings:
        if isinstance(self.next, SettingsError):
            raise self.next
        return self.next

    def told(self) -> list[tuple[str, str]]:
        return [(e.level, e.text) for e in self.engine.events.after(0) if e.area == "settings"]


@asynccontextmanager
async def a_host(folder: Path) -> AsyncIterator[Host]:
    async with opened_engine(read(), folder, VirtualClock(), kind="demo", info={}) as (engine, _):
        yield Host(engine, LocalSource(engine, folder))


def other_value(value: Any, name: str) -> Any:
    """A right one that is another."""
    special = {
        "general.log_level": "warning",
        "spreads.pairs": "spot-spot",
        "open_interest.window": "4h",
        "retention.preset": "test",
        "liquidations.lines_musd": (1.0, 2.0),
        "spreads.majors": ("BTC",),
    }
    if name in special:
        return special[name]
    return value + 1 if isinstance(value, int) else value * 1.25 or 100.0


@in_virtual_time
async def test_everything_that_can_change_does_and_is_told(tmp_path: Path) -> None:
    """Each such setting at once; afterwards the engine has what was read, and nothing is due."""
    async with a_host(tmp_path) as host:
        old = {one.name: one.value for one in config.describe(config.Loaded(read(), {}, Path()))}
        flags = {
            name: other_value(old[name], name)
            for name in LIVE
            if not name.endswith(("_pct", "_percentile", "min_return", "_weight"))
        }
        flags |= {name: 0.5 for name in LIVE if name.endswith(("_weight", "min_return"))}
        flags |= {"anomalies.price_percentile": 80.0, "signals.threshold_pct": 0.75}
        flags |= {name: 0.02 for name in LIVE if name.endswith("taker_fee_pct")}
        flags |= {"liquidations.medium_panic_pct": 6.0, "liquidations.high_panic_pct": 12.0}
        assert flags.keys() == LIVE
        host.next = config.load(Path("/dev/null"), {}, OFF | flags).settings
        host.reload()
        assert host.engine.settings == host.next
        assert {level for level, _ in host.told()} == {"info"}
        assert sorted(text.split()[0] for _, text in host.told()) == sorted(LIVE)
        host.reload()
        assert host.told()[-1] == ("info", "read again, nothing is other than it was")


@in_virtual_time
async def test_what_changes_reaches_the_boards(tmp_path: Path) -> None:
    """Signals, spreads, anomalies, liquidations, open interest, retention."""
    async with a_host(tmp_path) as host:
        host.next = read(
            signals__threshold_pct=0.9,
            spreads__pairs="spot-spot",
            anomalies__price_z=4.0,
            anomalies__price_weight=0.25,
            liquidations__lines_musd=[7.0],
            open_interest__window="4h",
            retention__spreads_days=3.0,
            retention__anomalies_h=5.0,
        )
        host.reload()
        source, engine = host.source, host.engine
        assert (await source.signals_board()).threshold_pct == 0.9
        spreads = await source.spreads_board(None, Filter.ALL)
        assert (spreads.threshold_pct, spreads.kind) == (0.9, "spot-spot")
        anomalies = await source.anomalies_board()
        assert anomalies.thresholds.price_z == 4.0
        assert (await source.interest_board()).hours == 4
        liquidations = await source.liquidations_board(24, Query())
        assert liquidations.lines_usd == [7e6]
        days = {kept.name: engine.retention.kept_ms(kept) / DAY_MS for kept in KEPT}
        assert days["spread_minutes"] == 3
        assert engine.anomalies._past.keep_ms == 5 * 3_600_000


@in_virtual_time
async def test_what_cannot_change_is_named_once_and_stays(tmp_path: Path) -> None:
    """Beside it the rest changes all the same; secrets are not said."""
    async with a_host(tmp_path) as host:
        host.next = read(
            general__timezone="UTC",
            exchanges__okx__enabled=True,
            api__token="secret-of-this-test",  # noqa: S106
            ui__mouse=True,
            ui__start_board="spreads",
            signals__cooldown_s=60.0,
        )
        host.reload()
        assert host.engine.settings == read(signals__cooldown_s=60.0)
        assert sorted(host.told()) == [
            ("info", "signals.cooldown_s is 60.0 now"),
            ("info", "ui.mouse is for terminals: those that read this file take it up"),
            ("warning", "api.token stays as it was until the next start"),
            ("warning", "exchanges.okx.enabled stays as it was until the next start"),
            ("warning", "general.timezone stays as it was until the next start"),
            ("warning", "ui.start_board stays as it was until each terminal's next start"),
        ]


@in_virtual_time
async def test_what_is_wrong_changes_nothing(tmp_path: Path) -> None:
    """Neither a file that can't be read, nor one that is right only as a whole."""
    async with a_host(tmp_path) as host:
        host.next = SettingsError("c.toml:3: signals.threshold_pct must be a number")
        host.reload()
        host.next = read(signals__every_s=0.5, signals__gap_s=1.0)
        host.reload()
        assert host.engine.settings == read()
        first, second = host.told()
        assert first[0] == second[0] == "error"
        assert first[1].startswith("nothing has changed: c.toml:3: signals.threshold_pct must")
        assert "signals.gap_s is not more than signals.every_s" in second[1]


@in_virtual_time
async def test_a_file_is_read_again_when_it_has_come_to_rest(tmp_path: Path) -> None:
    """Not while it is being written, and not because it stays."""
    clock, file, reloads = VirtualClock(), tmp_path / "config.toml", list[str]()
    watch = SettingsWatch(file, lambda: reloads.append(file.read_text()), clock)
    running = asyncio.create_task(watch.run())
    await clock.sleep(9)
    assert reloads == []
    for text in ("[ui", "[ui]\nmou", "[ui]\nmouse = true\n"):
        file.write_text(text)
        await clock.sleep(2)
    await clock.sleep(20)
    assert reloads == ["[ui]\nmouse = true\n"]
    running.cancel()


class FilePlace:
    """A folder's settings in a file, and places of terminals there."""

    def __init__(self, folder: Path, clock: VirtualClock) -> None:
        self.file = folder / "config.toml"
        self.write("[signals]\nsamples = 3\n")
        self._folder = folder
        self._clock = clock

    def write(self, text: str) -> None:
        self.file.write_text(text)

    def read(self) -> Settings:
        return config.load(self.file, {}, OFF).settings

    def place(self) -> Place:
        return Place(
            settings=self.read(),
            folder=self._folder,
            clock=self._clock,
            kind="demo",
            info={},
            watched=Watched(self.file, self.read),
        )


@asynccontextmanager
async def running(one: Live) -> AsyncIterator[None]:
    """Its engine, or its waiting for one, while the block runs."""
    task = asyncio.create_task(one.run())
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


@in_virtual_time
async def test_a_terminals_engine_follows_its_file(tmp_path: Path) -> None:
    """And so does the interface: how often it paints."""
    clock = VirtualClock()
    here = FilePlace(tmp_path, clock)
    async with live(here.place()) as one:
        app = MonitorApp(one.source, ui=here.read().ui)
        one.on_settings.append(lambda settings: app.use(settings.ui))
        async with running(one):
            await clock.sleep(5)
            here.write("[signals]\nsamples = 5\n[ui]\nlow_bandwidth = true\nmouse = true\n")
            await clock.sleep(5)
            assert (await one.source.signals_board()).samples == 5
            assert app.ui == Ui(low_bandwidth=True, mouse=True)
            assert app.pace.gap_s == 0.5
    assert {"ui.mouse", "ui.low_bandwidth", "ui.theme", "general.language"} < OF_TERMINALS


@in_virtual_time
async def test_who_takes_over_an_engine_has_what_its_file_says_then(tmp_path: Path) -> None:
    """While attached it took up the interface's at once, and nothing else."""
    clock = VirtualClock()
    here = FilePlace(tmp_path, clock)
    async with AsyncExitStack() as first:
        await first.enter_async_context(live(here.place()))
        async with live(here.place()) as viewer, running(viewer):
            taken: list[Settings] = []
            said: list[str] = []
            viewer.on_settings.append(taken.append)
            viewer.on_news.append(said.append)
            await clock.sleep(5)
            here.write("[ui]\ntheme = 7\n")
            await clock.sleep(6)
            here.write(
                "[signals]\nsamples = 5\n[exchanges.okx]\npaced = true\n"
                '[general]\nlanguage = "zh"\n[ui]\nmouse = true\n[ui.keys]\nquit = "x"\n'
            )
            await clock.sleep(6)
            assert viewer.source.status().mode == "attached"
            assert [text.partition(":")[0] for text in said] == ["nothing has changed"]
            (now,) = taken
            assert (now.general.language, now.ui.mouse, now.ui.keys) == ("zh", True, {"quit": "x"})
            assert now.signals.samples == 3
            await first.aclose()
            await clock.sleep(30)
            assert viewer.source.status().mode == "host"
            assert (await viewer.source.signals_board()).samples == 5


@in_virtual_time
async def test_a_viewer_hears_what_a_reload_of_its_engine_changed(tmp_path: Path) -> None:
    """In a toast as on the terminal whose engine it is, with what waits for a start."""
    clock = VirtualClock()
    here = FilePlace(tmp_path, clock)
    said: dict[str, list[str]] = {"host": [], "viewer": []}
    async with (
        live(here.place()) as host,
        running(host),
        live(here.place()) as viewer,
        running(viewer),
    ):
        news = [
            (one, SettingsNews(lambda text, _, name=name: said[name].append(text)))  # type: ignore[misc]
            for name, one in (("host", host), ("viewer", viewer))
        ]
        await clock.sleep(5)
        assert viewer.source.status().mode == "attached"
        here.write("[signals]\nsamples = 5\n[exchanges.okx]\nsilent_after_s = 20.0\n")
        for _ in range(10):
            for one, toasts in news:
                toasts.look(one.source.status(), one.source)
            await clock.sleep(1)
    assert said["host"] == said["viewer"]
    assert "signals.samples is 5 now" in said["viewer"]
    assert "exchanges.okx.silent_after_s stays as it was until the next start" in said["viewer"]
