"""What a measurement found: figures, each with its target where it has one, and remarks.

A figure is only ever something that was measured in this run.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from statistics import quantiles
from typing import Any


@dataclass(frozen=True)
class Figure:
    """One number; `at_most` or `at_least` is its target."""

    name: str
    value: float
    unit: str = ""
    at_most: float | None = None
    at_least: float | None = None

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None without a target."""
        if self.at_most is not None:
            return self.value <= self.at_most
        if self.at_least is not None:
            return self.value >= self.at_least
        return None

    def line(self) -> str:
        """The figure as a person reads it."""
        sign, target = ("≤", self.at_most) if self.at_most is not None else ("≥", self.at_least)
        goal = "" if target is None else f"   target {sign} {target:g}"
        verdict = {None: "", True: "   met", False: "   MISSED"}[self.met]
        return f"  {self.name:<58} {self.value:>10,.3f} {self.unit:<12}{goal}{verdict}"


@dataclass
class Report:
    """The figures of one measurement."""

    name: str
    figures: list[Figure] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    tables: list[str] = field(default_factory=list)

    def add(self, name: str, value: float, unit: str = "", **target: float) -> None:
        """Keep a figure."""
        self.figures.append(Figure(name, value, unit, **target))

    def text(self) -> str:
        """The report for a terminal."""
        lines = [f"{self.name}", *(figure.line() for figure in self.figures)]
        lines += [f"\n{table}" for table in self.tables]
        lines += [f"  · {remark}" for remark in self.remarks]
        return "\n".join(lines)

    def plain(self) -> dict[str, Any]:
        """The report as JSON values."""
        figures = [{**asdict(figure), "met": figure.met} for figure in self.figures]
        return {"name": self.name, "figures": figures, "remarks": self.remarks}


def percentile(values: Sequence[float], part: int) -> float:
    """Return the value below which `part` percent of the values lie."""
    return quantiles(values, n=100, method="inclusive")[part - 1]


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Lay rows out under their heads."""
    cells = [[str(cell) for cell in row] for row in rows]
    widths = [max(len(row[i]) for row in [list(head), *cells]) for i in range(len(head))]
    lines = [list(head), ["-" * width for width in widths], *cells]
    return "\n".join(
        "  " + "  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip()
        for row in lines
    )
