"""The table that every benchmark fills."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One ratio, the target it is held against, and what it was made of."""

    name: str
    value: float
    target: str
    made_of: str = ""

    def reached(self) -> bool | None:
        """Whether the target holds; None when there is none."""
        if not self.target:
            return None
        sign, number = self.target.split()
        value, bound = self.value, float(number)
        return {"<": value < bound, "<=": value <= bound, ">=": value >= bound}[sign]


def show(rows: list[Row]) -> str:
    """A Markdown table."""
    lines = ["| what | measured | must reach | | made of |", "|---|---|---|---|---|"]
    for row in rows:
        mark = {True: "yes", False: "NO", None: ""}[row.reached()]
        lines.append(f"| {row.name} | {row.value:.2f} | {row.target} | {mark} | {row.made_of} |")
    return "\n".join(lines)
