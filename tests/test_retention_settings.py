"""What a preset of retention changes, and what it leaves."""

from pathlib import Path

import pytest

from tui_monitor import config
from tui_monitor.errors import SettingsError


def load(folder: Path, text: str, environment: dict[str, str] | None = None) -> config.Loaded:
    """Settings of a file's section, and of the environment."""
    file = folder / "config.toml"
    file.write_text(f"[retention]\n{text}")
    return config.load(file, environment or {}, {})


def test_a_preset_gives_other_defaults_and_says_so(tmp_path: Path) -> None:
    """What is set stays as it is set; `config show` names the preset as the origin."""
    loaded = load(tmp_path, 'preset = "production"\ncandles_h = 30')
    kept = loaded.settings.retention
    assert (kept.candles_h, kept.anomalies_h, kept.max_db_size_mb) == (30.0, 48.0, 200.0)
    origins = {one.name: one.origin for one in config.describe(loaded)}
    assert origins["retention.anomalies_h"] == "preset production"
    assert origins["retention.candles_h"] == str(loaded.file)
    assert origins["retention.spreads_days"] == "default"
    environment = {"TUI_MONITOR_RETENTION__PRESET": "test"}
    kept = load(tmp_path, 'preset = "production"', environment).settings.retention
    assert (kept.candles_h, kept.every_h, kept.max_db_size_mb) == (6.0, 0.5, 50.0)


def test_without_a_preset_bars_stay_a_day_and_nothing_has_a_cap(tmp_path: Path) -> None:
    """The defaults."""
    kept = load(tmp_path, "").settings.retention
    assert kept == config.Retention()
    assert (kept.candles_h, kept.liquidations_days, kept.max_db_size_mb) == (24.0, 30.0, 0.0)


@pytest.mark.parametrize("preset", config.PRESETS)
def test_every_preset_names_settings_that_there_are(preset: str, tmp_path: Path) -> None:
    """And values that they may have."""
    kept = load(tmp_path, f'preset = "{preset}"').settings.retention
    for name, value in config.PRESETS[preset].items():
        assert getattr(kept, name.removeprefix("retention.")) == value


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('preset = "small"', "retention.preset"),
        ("max_db_size_mb = 5", "must be 0 or at least 10"),
        ("candles_h = 0", "retention.candles_h"),
        ("every_h = 100", "retention.every_h"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(text: str, words: str, tmp_path: Path) -> None:
    """A cap below what a few hours need would remove what the boards show."""
    with pytest.raises(SettingsError, match=words):
        load(tmp_path, text)
