"""Settings: four layers, and errors that name the culprit."""

import string
from pathlib import Path
from typing import get_args

import pytest
from textual.keys import _character_to_key

from tui_monitor import config
from tui_monitor.boards.registry import BOARDS
from tui_monitor.config.keys import DEFAULT_KEYS, KEY_NAMES, key_name
from tui_monitor.config.sections import BoardName, Theme
from tui_monitor.errors import BadInput, SettingsError
from tui_monitor.screens.keys.actions import ACTIONS
from tui_monitor.screens.looks.themes import THEMES


def load(
    text: str, folder: Path, environment: dict[str, str] | None = None, **flags: object
) -> config.Loaded:
    file = folder / "config.toml"
    file.write_text(text)
    given = {name.replace("__", "."): value for name, value in flags.items()}
    return config.load(file, environment or {}, given)


def test_flags_win_over_environment_over_file_over_defaults(tmp_path: Path) -> None:
    """And each value knows where it comes from."""
    text = '[api]\nlisten = "127.0.0.1:1"\n[general]\nlog_level = "debug"\n'
    env = {"TUI_MONITOR_API__LISTEN": "127.0.0.1:2", "TUI_MONITOR_SUM_CURVE__COINS": "BTC, ETH"}
    env["TUI_MONITOR_SUM_CURVE__MIN_COINS"] = "1"
    loaded = load(text, tmp_path, env, api__listen="127.0.0.1:3")
    assert loaded.settings.api.listen == "127.0.0.1:3"
    assert loaded.settings.sum_curve.coins == ("BTC", "ETH")
    origins = {setting.name: setting.origin for setting in config.describe(loaded)}
    assert origins["api.listen"] == "flag"
    assert origins["sum_curve.coins"] == "environment"
    assert origins["general.log_level"].endswith("config.toml")
    assert origins["general.timezone"] == "default"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[general]\ntimezon = "UTC"', "did you mean general.timezone?"),
        ("[sum_curv]\nmin_coins = 3", "did you mean sum_curve.min_coins?"),
        ('[sum_curve]\nmin_coins = "3"', "sum_curve.min_coins"),
        ("[sum_curve]\nmin_coins = 0", "sum_curve.min_coins"),
        ("[sum_curve]\nmin_coins = 28", "more than the 27 coins"),
        ('[sum_curve]\ncoins = ["BTC", "BTC"]\nmin_coins = 1', "names BTC twice"),
        ('[sum_curve]\ncoins = ["btc/usdt"]\nmin_coins = 1', "without USDT"),
        ('[general]\ntimezone = "Asia/Kathmandu"', "half-hour"),
        ('[general]\nlog_level = "loud"', "general.log_level"),
        ('[exchanges.okx]\nrest_url = "http://example.com"', "loopback"),
        ('[exchanges.okx]\nws_public_url = "https://example.com"', "wss://"),
        ('[exchanges.okx]\nproxy = "socks4://127.0.0.1:9"', "exchanges.okx.proxy"),
        ('[exchanges.okx]\nproxy = "127.0.0.1:9"', "http://HOST:PORT"),
        ('[exchanges.okx]\nproxy = "socks5://127.0.0.1"', "socks5://HOST:PORT"),
        ('[exchanges.okx]\nproxy = "http://127.0.0.1:99999"', "exchanges.okx.proxy"),
        ('[exchanges.okx]\nproxy = "http://[::1"', "exchanges.okx.proxy"),
        ('[exchanges.okx]\nproxy = "http://user@127.0.0.1:9"', "USER:PASSWORD@"),
        ('[exchanges.okx]\nproxy = "http://user:%ff@127.0.0.1:9"', "exchanges.okx.proxy"),
        ('[exchanges.okx]\nproxy = "socks5://user:%C3%A4@127.0.0.1:9"', "exchanges.okx.proxy"),
        ('[exchanges.okx]\nproxy = "http://127.0.0.1:9/path"', "exchanges.okx.proxy"),
        ("[exchanges.okx]\npaced = false", "loopback"),
        ("[anomalies]\nexchanges = []", "anomalies.exchanges"),
        ('[anomalies]\nexchanges = ["okx", "okx"]', "names okx twice"),
        ('[anomalies]\nexchanges = ["kraken"]', "anomalies.exchanges"),
        ('[anomalies]\nbar = "7m"', "anomalies.bar"),
        ("[anomalies]\nbars = 15", "anomalies.bars"),
        ("[anomalies]\nhistory_bars = 201", "anomalies.history_bars"),
        ("not toml at all", "not valid TOML"),
        ("[sum_curv]", "did you mean [sum_curve]?"),
        ('log_level = "info"', "did you mean general.log_level?"),
        ("[signals]\ntaker_fee_pct = 1.0", "did you mean exchanges."),
        ("[exchange.okx]\nenabled = true", "did you mean exchanges.okx.enabled?"),
        ("[nothing]\nlike_it = 3", "see: tui-monitor config template"),
        ("[ui.mouse]", "ui.mouse must be true or false"),
        ('[general]\nlog_level = "loud"', "must be one of debug, error, info, warning, not 'loud'"),
        ('[retention]\npreset = "x"', 'must be one of "", production, test, not'),
        ('[general]\ntimezone = "Mars/X"', "timezone can't be used: unknown time zone 'Mars/X'"),
        ("[sum_curve]\nmin_coins = 0", "must be a whole number from 1 to 1000, not 0"),
        ('[exchanges.okx]\nmarkets = ["swap"]', "must be a list, each one of perp, spot"),
        ("[signals]\nthreshold_pct = 0", "a number over 0, at most 100, not 0"),
        ("[api]\ntoken = 3", "must be text, not a number"),
        ("[ui]\nmouse = 3", "must be true or false, not 3"),
        ("[ui]\nstart_board = true", "not true"),
        ("[general]\nlog_level = [true]", "not [true]"),
        ('[api]\ntoken = "short"', "shorter than 16"),
        ('[api]\ntoken = "a token with blanks"', "letters, digits"),
        *(
            (f"[api]\nhosts = ['{host}']", f"api.hosts has '{host}'")
            for host in (
                *("*.example.org", "https://monitor.example.org", "monitor.example.org:443"),
                *("monitor.example.org.", "*", "", "a b", "-a.example", "münchen.example"),
                *("0.0.0.0", "::", "[2001:db8::1]", "fe80::1%lo", "127.1", "0x7f.1", "256.0.0.1"),  # noqa: S104
                *("2130706433", "a" * 64 + ".example", "abcdefghi." * 25 + "example"),
            )
        ),
        (f"[api]\nhosts = {[f'a{n}.example' for n in range(17)]}", "17 names, 16 are the most"),
    ],
)
def test_a_wrong_setting_is_named_with_file_and_key(text: str, words: str, tmp_path: Path) -> None:
    """One line: where, which, what to do."""
    with pytest.raises(SettingsError) as caught:
        load(text, tmp_path)
    assert words in caught.value.line()
    assert not caught.value.others


def test_all_that_is_wrong_is_kept_beside_the_first(tmp_path: Path) -> None:
    """Of each kind; the one line says how many there are, and where they are listed."""
    text = (
        '[sum_curve]\nmincoins = 3\ncoins = ["BTC", "BTC"]\n[ui]\nmouse = 3\n'
        "[signals]\nevery_s = 9.0\ngap_s = 8.0\n"
    )
    with pytest.raises(SettingsError) as caught:
        load(text, tmp_path)
    assert "sum_curve.mincoins" in caught.value.line()
    assert caught.value.line().endswith("and 3 more: tui-monitor config check lists them")
    others = [one.message for one in caught.value.others]
    for words, message in zip(("ui.mouse", "names BTC twice", "gap_s"), others, strict=True):
        assert words in message
    assert "config.toml" in caught.value.line()
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("[signals]\n\n# less\nsampels = 3", "config.toml:4: unknown setting 'signals.sampels'"),
        ('[ui]\nmouse = false\n[signals] # mine\nsamples = "3"', "config.toml:4: signals.samples"),
        ('signals.samples = "3"', "config.toml:1: signals.samples"),
        ('[ui]\n[general]\n"log_level" = 3', "config.toml:3: general.log_level"),
        ('\nsignals = { samples = "3" }', "config.toml:2: signals.samples"),
        ("[exchanges]\n[exchanges.okx]\nmarkets = [\n  7,\n]", "config.toml:3: exchanges.okx.mark"),
        ("[signals]\nevery_s = 5.0\ngap_s = 4.0", "config.toml:3: signals.gap_s is not more"),
        ('x = """\n[ui]\nmouse = 3\n"""\n[ui]\nmouse = 3', "config.toml:1: unknown setting 'x'"),
        ('[ui]\nlow_bandwidth = false\nmouse = """\nlow_bandwidth = 3\n"""', "config.toml:3: ui"),
        ("\n[signal]", "config.toml:2: unknown setting 'signal'"),
    ],
)
def test_a_wrong_setting_is_named_with_its_line(text: str, place: str, tmp_path: Path) -> None:
    """However it is written."""
    with pytest.raises(SettingsError) as caught:
        load(text, tmp_path)
    assert place in caught.value.line()


def test_text_is_written_as_toml_writes_it(tmp_path: Path) -> None:
    """Quotes and backslashes too."""
    odd = 'C:\\data "mine"\t'
    loaded = load(f"[general]\ndata_dir = {config.toml(odd)}", tmp_path)
    assert loaded.settings.general.data_dir == odd


@pytest.mark.parametrize("scheme", ["http", "https", "socks5", "socks5h"])
@pytest.mark.parametrize("where", ["127.0.0.1:9", "[::1]:1080", "user:se%20cret@proxy.example:1"])
def test_a_proxy_of_four_kinds_is_taken_as_it_stands(scheme: str, where: str) -> None:
    """With or without a name and password."""
    url = f"{scheme}://{where}"
    loaded = config.load(environment={}, flags={"exchanges.okx.proxy": url})
    assert loaded.settings.exchanges.okx.proxy == url


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            '[ui.keys]\n\nfreze = "f"',
            "config.toml:3: ui.keys.freze: there is no action 'freze' (did",
        ),
        (
            '[ui.keys]\nfreeze = "spce"',
            "config.toml:2: ui.keys.freeze: names no key: 'spce' (did you",
        ),
        ('[ui.keys]\nfreeze = "shift+enter"', "which a terminal over ssh or tmux does not send"),
        ('[ui.keys]\nfreeze = "alt+f"', "which a terminal over ssh or tmux does not send"),
        ('[ui.keys]\nfreeze = "ctrl+shift+f"', "which a terminal over ssh or tmux does not send"),
        ('[ui.keys]\nfreeze = "ctrl+i"', "which a terminal over ssh or tmux does not send"),
        (
            '[ui.keys]\nfreeze = "t"',
            "config.toml:2: ui.keys.freeze is 't', which is zone's key too",
        ),
        ('[ui.keys]\nfreeze = "/"', "is '/', which is filter's key too"),
        ('[ui.keys]\nsystem = "1"', "is '1', which is sum's key too"),
        ("[ui.keys]\nfreeze = 3", "must be a key or a list of keys, not 3"),
        ("[ui.keys]\nfreeze = []", "names no key"),
        ("[ui]\nkeys = 3", "config.toml:2: ui.keys must be a table, not 3"),
        ('[ui.key]\nfreeze = "f"', "did you mean [ui.keys]?"),
        ('[ui]\ntheme = "high contrast"', "(did you mean high-contrast?)"),
        ('[general]\nlanguage = "zn"', "(did you mean zh?)"),
        ('[ui]\nstart_board = "spread"', "(did you mean spreads?)"),
        ("[ui]\ncolors = 256", "ui.colors must be one of"),
    ],
)
def test_a_wrong_look_or_key_is_named_with_what_may_be_meant(
    text: str, words: str, tmp_path: Path
) -> None:
    """One line, before the terminal is touched."""
    with pytest.raises(SettingsError) as caught:
        load(text, tmp_path)
    assert words in caught.value.line()
    assert "config.toml:" in caught.value.line()


def test_keys_are_read_by_character_by_name_and_as_lists(tmp_path: Path) -> None:
    """All become Textual's names; the environment's come over the file's, one by one."""
    text = '[ui.keys]\nfreeze = ["f", "ctrl+f"]\nfilter = "space, \'"\nsystem = ","\nzone = "z"'
    loaded = load(text, tmp_path, {"TUI_MONITOR_UI__KEYS__ZONE": "f12"})
    assert loaded.settings.ui.keys == {
        "freeze": "f,ctrl+f",
        "filter": "space,apostrophe",
        "system": "comma",
        "zone": "f12",
    }
    origins = {setting.name: setting.origin for setting in config.describe(loaded)}
    assert origins["ui.keys"] == "environment"


def test_an_action_may_have_the_key_that_another_gives_up(tmp_path: Path) -> None:
    """And a board's own keys win over those that are everywhere."""
    swapped = load('[ui.keys]\nfreeze = "t"\nzone = "space"', tmp_path)
    assert swapped.settings.ui.keys == {"freeze": "t", "zone": "space"}
    assert load('[ui.keys]\nfreeze = "f"', tmp_path).settings.ui.keys == {"freeze": "f"}


def test_the_keys_of_the_settings_are_those_of_the_program() -> None:
    """Every action and board has its default keys, under names that Textual knows."""
    actions = {(action.where, action.id) for action in ACTIONS}
    known = {(group, one) for group, keys in DEFAULT_KEYS.items() for one in keys}
    assert known == actions | {("boards", info.name) for info in BOARDS}
    assert DEFAULT_KEYS["boards"] == {info.name: info.key for info in BOARDS}
    for keys in (keys for group in DEFAULT_KEYS.values() for keys in group.values()):
        assert [key_name(key) for key in keys.split(",")] == keys.split(",")
    names = {_character_to_key(one) for one in string.printable if one.isprintable()}
    assert names <= KEY_NAMES
    assert get_args(BoardName) == tuple(info.name for info in BOARDS)
    assert get_args(Theme) == tuple(THEMES)


@pytest.mark.parametrize("url", ["ftp://user:opensesame@h:1", "http://user:opensesame@h"])
def test_what_is_wrong_with_a_proxy_never_says_its_password(url: str) -> None:
    """The line names the key alone."""
    with pytest.raises(SettingsError, match="exchanges") as caught:
        config.load(environment={}, flags={"exchanges.okx.proxy": url})
    assert "opensesame" not in caught.value.line()


def test_a_file_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    """As some editors write it."""
    file = tmp_path / "c.toml"
    file.write_bytes(b"\xef\xbb\xbf[api]\nlisten = '127.0.0.1:7000'\n")
    assert config.load(file, {}).settings.api.listen == "127.0.0.1:7000"


def test_an_address_without_a_port_is_not_called_open_too(tmp_path: Path) -> None:
    """What is wrong with it is said once; a token that is empty is none that others can read."""
    file = tmp_path / "c.toml"
    file.write_text(f"[api]\ntoken = '{'t' * 20}'\nlisten = '127.0.0.1'\n")
    file.chmod(0o644)
    _, wrong = config.usable(file, {})
    assert wrong is not None
    assert (wrong.others, "HOST:PORT" in wrong.hint) == ([], True)
    file.write_text("[api]\ntoken = ''\n")
    loaded = config.load(file, {})
    assert config.token_exposed(loaded.settings, loaded.origins, file) == ""


def test_a_file_that_was_asked_for_must_exist(tmp_path: Path) -> None:
    """The default file need not."""
    with pytest.raises(SettingsError, match="no configuration file"):
        config.load(tmp_path / "nowhere.toml", {})


def test_the_template_is_a_valid_file_with_every_key(tmp_path: Path) -> None:
    """Uncommented, it gives the defaults again."""
    text = config.template()
    lines = [
        line.removeprefix("# ") if " = " in line and line.startswith("# ") else line
        for line in text.splitlines()
    ]
    loaded = load("\n".join(lines), tmp_path)
    assert loaded.settings == config.Settings()
    assert "# How much the log says. One of debug, error, info, warning.\n" in text
    assert "A number from 1 to 60.\n# bridge_every_s = 2.0\n" in text
    assert set(loaded.origins) == {setting.name for setting in config.describe(loaded)}


def test_every_setting_has_a_sentence() -> None:
    """It is the README's and the template's."""
    for setting in config.describe(config.Loaded(config.Settings(), {}, Path())):
        assert setting.description.endswith("."), setting.name


def test_a_simulator_replaces_every_endpoint(tmp_path: Path) -> None:
    """And must be an address."""
    flags = config.with_simulator("http://127.0.0.1:9/")
    okx = load("", tmp_path, **flags).settings.exchanges.okx
    assert okx.rest_url == "http://127.0.0.1:9/okx"
    assert okx.ws_public_url == "ws://127.0.0.1:9/okx/ws/v5/public"
    for wrong in ("127.0.0.1:9", "ftp://me:opensesame@x", "http://", "http://[::1", "http://h:x"):
        with pytest.raises(BadInput) as caught:
            config.with_simulator(wrong)
        assert "opensesame" not in caught.value.line()


@pytest.mark.parametrize(
    ("text", "markets"),
    [
        ("spot", ("spot",)),
        ("perp, spot", ("perp", "spot")),
        ('["spot"]', ("spot",)),
        (' ["spot", "perp"] ', ("spot", "perp")),
    ],
)
def test_a_list_in_the_environment_is_written_either_way(
    text: str, markets: tuple[str, ...], tmp_path: Path
) -> None:
    """With commas alone, or as the file has it."""
    loaded = load("", tmp_path, {"TUI_MONITOR_EXCHANGES__OKX__MARKETS": text})
    assert loaded.settings.exchanges.okx.markets == markets


def test_a_broken_list_in_the_environment_is_refused(tmp_path: Path) -> None:
    """With what would have been right, and no more of it than fits a line."""
    with pytest.raises(SettingsError, match="each one of perp, spot, not") as refusal:
        load("", tmp_path, {"TUI_MONITOR_EXCHANGES__OKX__MARKETS": '["spot' + "x" * 500})
    assert len(refusal.value.line()) < 200


def test_settings_without_an_exchange_are_warned_of() -> None:
    """They are allowed: the store can still be looked at."""
    off = {f"exchanges.{name}.enabled": False for name in ("binance", "okx", "bybit", "bitget")}
    assert config.warnings(config.load(None, {}, off).settings) == [
        "no exchange is enabled: nothing is watched"
    ]
    del off["exchanges.okx.enabled"]
    assert config.warnings(config.load(None, {}, off).settings) == []


def test_looks_that_can_hardly_be_meant_are_warned_of(tmp_path: Path) -> None:
    """A board's own key comes before one that is everywhere; ASCII has no Chinese."""
    text = '[general]\nlanguage = "zh"\n[ui]\nascii = true\n[ui.keys]\nfreeze = "f"'
    english, shadow = config.warnings(load(text, tmp_path).settings)
    assert "the screens speak English" in english
    assert shadow == "ui.keys.freeze: 'f' is coins where that works"


def test_what_is_wrong_is_at_its_default_for_who_only_looks(tmp_path: Path) -> None:
    """The rest is as it was set, and what is wrong is told; a file of another kind sets nothing."""
    file = tmp_path / "own.toml"
    file.write_text('[general]\ndata_dir = "/elsewhere"\n[ui]\ntheme = 3\n')
    loaded, wrong = config.usable(file, {}, {"api.token": "secret"})
    assert loaded.settings.general.data_dir == "/elsewhere"
    assert loaded.settings.ui.theme == config.Ui().theme
    assert wrong is not None
    assert "ui.theme must be one of" in wrong.message
    file.write_text("not TOML")
    loaded, wrong = config.usable(file, {}, {"api.token": "secret"})
    assert loaded.settings.api.token == "secret"  # noqa: S105 - of a test
    assert wrong is not None
    assert "not valid TOML" in wrong.message
