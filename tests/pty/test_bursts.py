"""Keys that come in one packet, as over a slow link or from a paste: each acts in its turn."""

from collections.abc import Callable

from tests.support.terminal import ESCAPE, Terminal

READY = "mean +19.94"
HOME, LEFT, DELETE = "\x1b[H", "\x1b[D", "\x1b[3~"
# What is typed at once, and what is then in the field.
EDITED = (
    ("qqq\x7fz", "qqz"),
    ("qz\x7f\x7fxv", "xv"),
    (f"qz{HOME}x", "xqz"),
    (f"qz{LEFT}x", "qxz"),
    ("qz\x01x", "xqz"),
    ("qz\x15xv", "xv"),
    ("q\x17z", "z"),
    (f"qzx{HOME}{DELETE}v", "vzx"),
    ("q-+=[]<z", "q-+=[]<z"),
    ("qz\x01\x0bx", "x"),
)


def has(text: str) -> Callable[[Terminal], bool]:
    """A condition: the text stands somewhere by itself."""
    return lambda terminal: text in terminal.text().replace("│", " ").split()


def test_editing_keys_act_between_the_letters_around_them() -> None:
    """In a filter, in the palette and in the list of keys."""
    with Terminal.of_the_app() as terminal:
        terminal.until(READY)
        for door in "/:?":
            for typed, text in EDITED:
                terminal.press(f"{door}{typed}")
                terminal.until(has(text))
                terminal.press(ESCAPE)
                terminal.until(lambda one, text=text: not has(text)(one))  # type: ignore[misc]


def test_what_is_typed_right_behind_the_key_of_a_dialog_is_typed_there() -> None:
    """All in the packet of the dialog's key, and what comes behind its Enter."""
    with Terminal.of_the_app() as terminal:
        terminal.until(READY)
        terminal.press("d2026-01-03\r9")
        terminal.until("Backfills")
        terminal.press("1")
        terminal.until("2026-01-03 Sat")
        # A blank that is typed begins no range.
        terminal.press("d2026-01-03 2026-01-05\r")
        terminal.until("2026-01-03 to 2026-01-05")
        terminal.press("b2026-01-03\t2026-01-05\r")
        terminal.until("backfill 2026-01-03 to 2026-01-05")
        for keys, shown in (
            ("?zzz", "no key matches"),
            ("e\tqq", "qq"),
            ("e\t\x15xls\r", "no format 'xls'"),
            ("CJJ", "Columns"),
        ):
            terminal.press(keys)
            terminal.until(shown)
            terminal.until("›")
            while "›" in terminal.text():
                terminal.press(ESCAPE)
                terminal.quiet()
        # The first column was moved down twice.
        terminal.until(lambda one: one.text().find("time") > one.text().find("per coin"))
        terminal.press("!/zzz\r")
        terminal.until("0 of 3")
