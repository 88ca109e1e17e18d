"""The second language: what the screens say, in English or in 简体中文.

English stands in the code and is the key; `words/zh/` has the Chinese of it, a module an area.
What is not there stays English. Only what a person reads on the screens is translated: names of
coins and exchanges, words that are typed (commands, columns' keys), logs and REST are not.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import NamedTuple

ENGLISH = "en"
CHINESE = "zh"
LANGUAGES = (ENGLISH, CHINESE)
# As many finished sentences are kept with their translation.
_KEPT = 4_000
_PLACE = re.compile(r"\{(\w+)\}")


class _Spoken:
    """What this process speaks: one terminal, one language."""

    language = ENGLISH
    words: Mapping[str, str] = {}


class _Sentence(NamedTuple):
    """A template of finished sentences, as a pattern, with its translation.

    `literal` is its longest text without places: looked for first, since a pattern takes long.
    """

    literal: str
    pattern: re.Pattern[str]
    translated: str


def language_for(setting: str, environment: Mapping[str, str]) -> str:
    """The language a setting and the locale ask for: `auto`, or one of LANGUAGES."""
    if setting in LANGUAGES:
        return setting
    locale = next((environment[name] for name in _LOCALES if environment.get(name)), "")
    return CHINESE if locale.lower().startswith("zh") else ENGLISH


_LOCALES = ("LC_ALL", "LC_MESSAGES", "LANG")


def use(language: str) -> None:
    """Speak this language from the next word on."""
    _Spoken.language = language
    _Spoken.words = _words(language)
    _found.cache_clear()


def language() -> str:
    """What is spoken."""
    return _Spoken.language


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak a language for a while."""
    before = _Spoken.language
    use(language)
    try:
        yield
    finally:
        use(before)


def t(text: str, /, context: str = "", **values: object) -> str:
    """A text of ours in the language that is spoken, its `{places}` filled.

    Where one English word has two meanings, `context` tells them apart: the key of the Chinese is
    then `context|text`.
    """
    words = _Spoken.words
    found = words.get(f"{context}|{text}") if context else None
    template = text if not words else found or words.get(text, text)
    return template.format(**values) if values else template


def counted(n: int, one: str, more: str, **values: object) -> str:
    """Either of two texts of ours with a number `{n}` in them; Chinese has one for both."""
    english = one if n == 1 and not _Spoken.words else more
    return t(english, "", n=f"{n:,}", **values)


def told(sentence: str) -> str:
    """A finished English sentence, made where nobody knows the reader, in the reader's language.

    It is matched against the templates whole; what stood in their places is translated in turn.
    """
    return sentence if not _Spoken.words else _found(sentence)


def joined(texts: Iterable[str]) -> str:
    """Sentences in the reader's language, in one line."""
    return (_JOINTS[1][1] if _Spoken.words else _JOINTS[1][0]).join(texts)


@lru_cache(maxsize=_KEPT)
def _found(sentence: str) -> str:
    exact = _Spoken.words.get(sentence)
    if exact is not None:
        return exact
    for literal, pattern, translated in _sentences(_Spoken.language):
        match = pattern.fullmatch(sentence) if literal in sentence else None
        if match is not None:
            filled = {name: _found(value) for name, value in match.groupdict().items()}
            return translated.format(**filled)
    return _joined(sentence)


def _joined(sentence: str) -> str:
    """Several sentences in one, each in its turn; what none of them is known of stays as it is."""
    for joint, chinese in _JOINTS:
        parts = sentence.split(joint)
        said = _apart(parts, joint) if len(parts) <= _FEW else [_found(part) for part in parts]
        if said != parts:
            return chinese.join(said)
    return sentence


def _apart(parts: list[str], joint: str) -> list[str]:
    """Split where most is known: a sentence may have the joint in itself."""
    best, most = parts, 0
    for place in range(1, len(parts)):
        halves = [joint.join(parts[:place]), joint.join(parts[place:])]
        said = [_found(half) for half in halves]
        known = sum(half != one for half, one in zip(halves, said, strict=True))
        if known > most:
            best, most = said, known
    return best


# Of more than so many parts each is one: to try them all would take long.
_FEW = 6
# What joins sentences, the loosest first, and what joins their Chinese.
_JOINTS = ((" · ", " · "), ("; ", "；"), (": ", "："), (", ", "，"), ("+", "+"))


def _words(language: str) -> Mapping[str, str]:
    if language == ENGLISH:
        return {}
    # English readers need not load it.
    from tui_monitor.words.zh import WORDS  # noqa: PLC0415

    return WORDS


@lru_cache(maxsize=len(LANGUAGES))
def _sentences(language: str) -> tuple[_Sentence, ...]:
    """The templates with places, the longest first: the most said is tried before the general."""
    found = sorted(_words(language).items(), key=lambda pair: -len(_PLACE.sub("", pair[0])))
    return tuple(
        _Sentence(max(_PLACE.split(english)[::2], key=len), _pattern(english), chinese)
        for english, chinese in found
        if _PLACE.search(english) and len(_PLACE.sub("", english).strip()) >= _LEAST
    )


# A template of places only would match anything.
_LEAST = 3


# A template of fewer characters would take whole sentences for its places: they are words there.
_WEAK = 7
# Places of numbers: words, too.
_NUMBERS = frozenset({"n", "all", "age", "pct", "filled", "had", "failed"})
# So are those of a leg's name.
_NAMES = frozenset({"leg_coin", "leg_exchange", "leg_symbol"})
# A place of names is of several words, however little stands around it.
_MANY = "names"
# No place holds two sentences.
_WITHIN_ONE = "(?:(?!; | · ).)+?"
_ONE_WORD = r"\S+?"


def _pattern(template: str) -> re.Pattern[str]:
    """`{n} of {all}` as a pattern with groups; a name may stand once."""
    is_weak = len(_PLACE.sub("", template).strip()) < _WEAK

    def place(name: str) -> str:
        is_word = name in _NUMBERS | _NAMES or (is_weak and name != _MANY)
        return f"(?P<{name}>{_ONE_WORD if is_word else _WITHIN_ONE})"

    parts = _PLACE.split(template)
    return re.compile(
        "".join(
            re.escape(part) if index % 2 == 0 else place(part) for index, part in enumerate(parts)
        ),
        re.DOTALL,
    )
