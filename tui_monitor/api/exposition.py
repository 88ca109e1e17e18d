"""Prometheus' text format 0.0.4: families of samples as lines.

https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

from tui_monitor.printable import printable

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
PREFIX = "tui_monitor_"
_LONGEST_LABEL = 80

Labels = Mapping[str, str]


Kind = Literal["counter", "gauge"]


class Family(NamedTuple):
    """One metric. A counter's name ends with `_total`; samples without a value are left out."""

    name: str
    kind: Kind
    told: str
    samples: Sequence[tuple[Labels, float | None]]


def gauge(name: str, told: str, value: float | None) -> Family:
    """A gauge with one sample and no labels."""
    return Family(name, "gauge", told, [({}, value)])


def counter(name: str, told: str, value: float | None) -> Family:
    """A counter with one sample and no labels."""
    return Family(name, "counter", told, [({}, value)])


def exposition(families: Iterable[Family]) -> bytes:
    """All lines; a family without a sample has none."""
    lines = [line for family in families for line in _family(family)]
    return "".join(f"{line}\n" for line in lines).encode()


def _family(family: Family) -> list[str]:
    name = PREFIX + family.name
    samples = [
        f"{name}{_labels(labels)} {_number(value)}"
        for labels, value in family.samples
        if value is not None
    ]
    told = family.told.replace("\\", r"\\").replace("\n", r"\n")
    return [f"# HELP {name} {told}", f"# TYPE {name} {family.kind}", *samples] if samples else []


def _labels(labels: Labels) -> str:
    if not labels:
        return ""
    return "{" + ",".join(f'{name}="{_escaped(text)}"' for name, text in labels.items()) + "}"


def _escaped(text: str) -> str:
    shown = printable(text, _LONGEST_LABEL)
    return shown.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def _number(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    return str(int(value)) if float(value).is_integer() else repr(float(value))
