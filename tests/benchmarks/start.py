"""How long commands take to begin, beside an interpreter that does nothing, in one run."""

import statistics
import subprocess
import sys
import time

ROUNDS = 15
COMMANDS = (("--version",), ("--help",), ("config", "path"), ("show", "--help"))


def seconds(arguments: tuple[str, ...]) -> float:
    """The middle of some runs."""
    taken = []
    for _ in range(ROUNDS):
        begin_s = time.perf_counter()
        subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
        taken.append(time.perf_counter() - begin_s)
    return statistics.median(taken)


def main() -> None:
    """Print each, and how many times as long as nothing it takes."""
    nothing_s = seconds(("-c", "pass"))
    say(f"python -c pass: {nothing_s * 1000:.0f} ms")
    for words in COMMANDS:
        taken_s = seconds(("-m", "tui_monitor", *words))
        ratio = taken_s / nothing_s
        say(f"tui-monitor {' '.join(words)}: {taken_s * 1000:.0f} ms, {ratio:.1f} times that")


def say(text: str) -> None:
    """A line of the report."""
    sys.stdout.write(f"start: {text}\n")


if __name__ == "__main__":
    main()
