"""The diagram of a workflow as places and lines: one column from top to bottom, ways back on the left in lanes of
their own, ways that leave stages out on the right. Pure; the template draws it as SVG.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

WIDTH, HEIGHT, GAP, PORT, LANE, LABEL = 264, 64, 44, 19, 14, 138
TOP = 16
ICONS = {
    "fill": "pencil-square", "review": "search", "expert_panel": "people", "determination": "award",
    "public_notice": "megaphone", "corrective_action": "arrow-clockwise", "closed": "flag-fill",
}  # fmt: skip


@dataclass(frozen=True)
class Box:
    """A stage in the diagram; `faults` counts what is wrong with it or its actions."""

    path: str
    name: str
    about: str
    icon: str
    x: int
    y: int
    height: int
    chosen: bool
    faults: int


@dataclass(frozen=True)
class Line:
    """A way from stage to stage: what SVG draws, its words and where they stand. `sort`: on, back or past."""

    d: str
    sort: str
    label: str
    full: str
    x: int
    y: int
    anchor: str
    paths: tuple[str, ...]
    chosen: bool


@dataclass(frozen=True)
class Diagram:
    """Everything to draw, and how large it is."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class _Way:
    source: int
    target: int
    names: tuple[str, ...]
    paths: tuple[str, ...]


def diagram(
    stages: Sequence[Mapping[str, Any]], about: Sequence[str], chosen: str, faults: Mapping[int, int]
) -> Diagram:
    """Lay a workflow out. `about` is the line under each name; `chosen` the path of what is open."""
    ways = _ways(stages)
    back = [way for way in ways if way.target <= way.source]
    past = [way for way in ways if way.target > way.source + 1]
    left, right = _lanes(back), _lanes(past)
    x = TOP + (LABEL + LANE * (max(left.values(), default=0) + 1) if back else 0)
    width = x + WIDTH + TOP + (LABEL + LANE * (max(right.values(), default=0) + 1) if past else 0)
    boxes = _boxes(stages, about, chosen, faults, x, _heights(stages, back, past))
    lines = [_on(way, boxes, chosen) for way in ways if way.target == way.source + 1]
    lines += _aside(back, left, boxes, chosen, "back") + _aside(past, right, boxes, chosen, "past")
    height = boxes[-1].y + boxes[-1].height + TOP if boxes else 2 * TOP
    return Diagram(width, height, boxes, tuple(lines))


def _ways(stages: Sequence[Mapping[str, Any]]) -> list[_Way]:
    """The ways between stages that are there, those with the same ends in one."""
    places = {str(stage.get("key")): i for i, stage in reversed(list(enumerate(stages)))}
    found: dict[tuple[int, int], list[tuple[str, str]]] = {}
    for i, stage in enumerate(stages):
        for j, action in enumerate(stage.get("actions", [])):
            target = places.get(str(action.get("to")))
            if target is not None:
                mark = "（有条件）" if action.get("condition") else ""
                found.setdefault((i, target), []).append((f"{action.get('name', '')}{mark}", f"stages.{i}.actions.{j}"))
    return [_Way(i, to, tuple(n for n, _ in all_), tuple(p for _, p in all_)) for (i, to), all_ in found.items()]


def _lanes(ways: Sequence[_Way]) -> dict[_Way, int]:
    """A lane for each way beside the column: short ones inside, no two that overlap in one lane."""
    taken: list[list[tuple[int, int]]] = []
    lanes: dict[_Way, int] = {}
    for way in sorted(ways, key=lambda w: (abs(w.source - w.target), w.source)):
        low, high = sorted((way.source, way.target))
        free = (n for n, held in enumerate(taken) if all(high < a or b < low for a, b in held))
        lane = next(free, len(taken))
        if lane == len(taken):
            taken.append([])
        taken[lane].append((low, high))
        lanes[way] = lane
    return lanes


def _heights(stages: Sequence[Any], back: Sequence[_Way], past: Sequence[_Way]) -> list[int]:
    most = [max(sum(w.source == i for w in back), sum(w.source == i for w in past)) for i in range(len(stages))]
    return [max(HEIGHT, PORT * count + 27) for count in most]


def _boxes(
    stages: Sequence[Mapping[str, Any]],
    about: Sequence[str],
    chosen: str,
    faults: Mapping[int, int],
    x: int,
    heights: Sequence[int],
) -> tuple[Box, ...]:
    found, y = [], TOP
    for i, stage in enumerate(stages):
        path, kind = f"stages.{i}", str(stage.get("kind", ""))
        name = _short(str(stage.get("name", "")) or "（没有名称）", 13)
        icon = ICONS.get(kind, "gear")
        found.append(Box(path, name, _short(about[i], 17), icon, x, y, heights[i], chosen == path, faults.get(i, 0)))
        y += heights[i] + GAP
    return tuple(found)


def _on(way: _Way, boxes: Sequence[Box], chosen: str) -> Line:
    above, below = boxes[way.source], boxes[way.target]
    x, y = above.x + WIDTH // 2, above.y + above.height
    label = " / ".join(way.names)
    d = f"M{x} {y}V{below.y - 2}"
    return Line(d, "on", _short(label, 18), label, x + 10, y + GAP // 2 + 4, "start", way.paths, chosen in way.paths)


def _aside(
    ways: Sequence[_Way], lanes: Mapping[_Way, int], boxes: Sequence[Box], chosen: str, sort: str
) -> list[Line]:
    """Out of the box at a port of its own, along the lane, in at the top edge of the target."""
    lines, ports = [], dict[int, int]()
    side = -1 if sort == "back" else 1
    for way in sorted(ways, key=lambda w: (w.source, lanes[w])):
        port = ports[way.source] = ports.get(way.source, 0) + 1
        source, target = boxes[way.source], boxes[way.target]
        edge = source.x if side < 0 else source.x + WIDTH
        lane = edge + side * (LABEL + LANE * lanes[way])
        out, in_ = source.y + 18 + PORT * port, target.y + 12
        turn = 8 if in_ > out else -8
        d = (
            f"M{edge} {out}H{lane - side * 8}q{side * 8} 0 {side * 8} {turn}V{in_ - turn}"
            f"q0 {turn} {-side * 8} {turn}H{edge + side * 2}"
        )
        label = " / ".join(way.names)
        anchor = "end" if side < 0 else "start"
        at = (edge + side * 9, out - 5)
        lines.append(Line(d, sort, _short(label, 9), label, *at, anchor, way.paths, chosen in way.paths))
    return lines


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def faults_by_stage(places: Collection[str]) -> dict[int, int]:
    """How many findings each stage has, from their dotted places."""
    counted: dict[int, int] = {}
    for one in places:
        parts = one.split(".")
        if parts[0] == "stages" and len(parts) > 1 and parts[1].isdigit():
            counted[int(parts[1])] = counted.get(int(parts[1]), 0) + 1
    return counted
