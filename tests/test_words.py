"""The second language: how words are found, and that the Chinese fits the English."""

import re
from importlib import import_module

import pytest

from tui_monitor.words import CHINESE, ENGLISH, counted, language, language_for, speaking, t, told
from tui_monitor.words.zh import AREAS, WORDS

_PLACE = re.compile(r"\{[^}]*\}")


@pytest.mark.parametrize(
    ("setting", "environment", "expected"),
    [
        ("auto", {"LANG": "zh_CN.UTF-8"}, CHINESE),
        ("auto", {"LC_ALL": "en_GB.UTF-8", "LANG": "zh_CN.UTF-8"}, ENGLISH),
        ("auto", {"LC_ALL": "", "LC_MESSAGES": "zh_TW.UTF-8", "LANG": "C"}, CHINESE),
        ("auto", {}, ENGLISH),
        (ENGLISH, {"LANG": "zh_CN.UTF-8"}, ENGLISH),
        (CHINESE, {"LANG": "C"}, CHINESE),
    ],
)
def test_the_setting_wins_over_the_locale(
    setting: str, environment: dict[str, str], expected: str
) -> None:
    """`auto` asks the locale in the order of POSIX."""
    assert language_for(setting, environment) == expected


def test_english_is_what_the_code_says() -> None:
    """Without another language a text stays as it is, its places filled."""
    assert t("{n} of {all}", n=1, all=2) == "1 of 2"
    assert told("any sentence {with} braces") == "any sentence {with} braces"


def test_what_has_no_chinese_stays_english() -> None:
    """A missing word is readable, not an error."""
    with speaking(CHINESE):
        assert t("no such text {n}", n=3) == "no such text 3"
        assert told("no such sentence 3") == "no such sentence 3"
    assert language() == ENGLISH


def test_sentences_in_one_are_found_one_by_one() -> None:
    """Reasons are joined where nobody knows the reader; what is not ours among them stays."""
    with speaking(CHINESE):
        known = told("whole slot missing")
        assert told("okx: whole slot missing") == f"okx：{known}"
        assert told("HTTP 418: too many; whole slot missing") == f"HTTP 418: too many；{known}"
        assert told("HTTP 418: too many; 1, 2") == "HTTP 418: too many; 1, 2"
        nothing = "no engine runs: start tui-monitor or tui-monitor daemon to collect"
        assert told(f"okx: {nothing}") == f"okx：{told(nothing)}" != f"okx: {nothing}"


@pytest.mark.parametrize("area", AREAS)
def test_chinese_has_the_places_of_the_english(area: str) -> None:
    """No number is lost, none is asked for that isn't given."""
    words = import_module(f"tui_monitor.words.zh.{area}").WORDS
    for english, chinese in words.items():
        assert sorted(_PLACE.findall(english)) == sorted(_PLACE.findall(chinese)), english
        assert chinese.strip(), english


def test_no_text_has_two_translations() -> None:
    """One text, one Chinese, whichever area it stands in."""
    seen: dict[str, str] = {}
    for area in AREAS:
        for english, chinese in import_module(f"tui_monitor.words.zh.{area}").WORDS.items():
            assert seen.setdefault(english, chinese) == chinese, f"{english!r} in {area}"
    assert seen == WORDS


def test_one_of_something_is_not_several() -> None:
    """English has two texts; Chinese has one, that of several."""
    both = ("{n} row in {path}", "{n} rows in {path}")
    assert counted(1, *both, path="p") == "1 row in p"
    assert counted(0, *both, path="p") == "0 rows in p"
    assert counted(1_000, *both, path="p") == "1,000 rows in p"
    with speaking(CHINESE):
        assert counted(1, *both, path="p") == "1 行，已写入 p"
