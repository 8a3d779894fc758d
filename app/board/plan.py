"""Plan: which scene when. Pure; everything follows from the server's time, so two TVs agree."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

LOOP_SECONDS = 180
LEAST_SECONDS = 5
# Of many stories the older ones wait, so that what a wall has to say comes round in nine minutes.
MOST_LOOPS = 3
# The scene that is next travels this long before it is shown.
AHEAD = timedelta(seconds=3)

_ORIGIN = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Step:
    """`personal` when it shows people or their words."""

    scene: str
    item: int
    seconds: int
    personal: bool = False

    @property
    def key(self) -> str:
        """Names the step's place on the page and its part of a frame."""
        return f"{self.scene}-{self.item}"


Loop = tuple[Step, ...]


@dataclass(frozen=True)
class Plan:
    """A loop that begins at `loop_at` and repeats. Has at least one step."""

    loop_at: datetime
    steps: tuple[Step, ...]

    @property
    def length(self) -> timedelta:
        return timedelta(seconds=_total(self.steps))

    @property
    def scenes(self) -> frozenset[str]:
        return frozenset(step.scene for step in self.steps)

    def loop_of(self, now: datetime) -> datetime:
        """When the loop that is running began. Before `loop_at` the loop counts back."""
        return now - (now - self.loop_at) % self.length

    def on_show(self, now: datetime) -> tuple[Step, datetime]:
        """The step on show and the moment it ends."""
        ends = self.loop_of(now)
        for step in self.steps:
            ends += timedelta(seconds=step.seconds)
            if now < ends:
                return step, ends
        raise AssertionError("a loop ends with its last step")


@dataclass(frozen=True)
class Takeover:
    """One step that comes between at a moment; until it is over the plan stands still."""

    at: datetime
    step: Step

    @property
    def ends(self) -> datetime:
        return self.at + timedelta(seconds=self.step.seconds)


@dataclass(frozen=True)
class Timeline:
    """The plan that runs, the one that begins at the next loop, and what comes between, if any.

    `later` are the scenes of loops that come after those.
    """

    plan: Plan
    coming: Plan | None = None
    takeover: Takeover | None = None
    later: frozenset[str] = frozenset()

    def shows(self, scene: str) -> bool:
        """Whether the wall shows it, sooner or later."""
        plans = (self.plan, self.coming)
        return scene in self.later or any(scene in plan.scenes for plan in plans if plan)

    def is_over(self, now: datetime) -> bool:
        """Whether a further loop of its round should run by now."""
        return self.coming is not None and now >= self.coming.loop_at + self.coming.length

    def at(self, now: datetime) -> Plan:
        now = self.planned(now)
        return self.coming if self.coming and now >= self.coming.loop_at else self.plan

    def planned(self, now: datetime) -> datetime:
        """The moment of the plan: it stands still during a takeover and is late ever after."""
        if self.takeover is None or now < self.takeover.at:
            return now
        late = timedelta(seconds=self.takeover.step.seconds)
        return max(self.takeover.at, now - late)

    def on_show(self, now: datetime) -> tuple[Step, datetime]:
        """The step on show and the moment it ends or is interrupted."""
        if self.takeover is None:
            return self.at(now).on_show(now)
        if self.takeover.at <= now < self.takeover.ends:
            return self.takeover.step, self.takeover.ends
        step, ends = self.at(now).on_show(self.planned(now))
        ends += now - self.planned(now)
        return step, min(ends, self.takeover.at) if now < self.takeover.at else ends

    def shown_soon(self, now: datetime) -> tuple[tuple[Step, ...], datetime]:
        """What must be on the page now, and when that changes next.

        One step for most of the time; two while the next one waits behind it.
        """
        step, ends = self.on_show(now)
        if now < ends - AHEAD:
            return (step,), ends - AHEAD
        following, _ = self.on_show(ends)
        return ((step,) if following.key == step.key else (step, following)), ends

    def settled(self, now: datetime) -> "Timeline":
        """The same from now on without a takeover that is over: the plans begin later instead."""
        if self.takeover is None or now < self.takeover.ends:
            return self
        late = timedelta(seconds=self.takeover.step.seconds)
        coming = replace(self.coming, loop_at=self.coming.loop_at + late) if self.coming else None
        plan = replace(self.plan, loop_at=self.plan.loop_at + late)
        return replace(self, plan=plan, coming=coming, takeover=None)

    def told(self) -> dict[str, Any]:
        """What a screen is told of it."""
        return _told(self.plan) | {
            "next": _told(self.coming) if self.coming else None,
            "takeover": _told_of(self.takeover) if self.takeover else None,
        }


def first(loops: Sequence[Loop], now: datetime) -> Timeline:
    """A round that runs already; every process that has these loops finds the same moment."""
    around = Plan(_ORIGIN, tuple(step for loop in loops for step in loop))
    begins = around.loop_of(now)
    for loop in loops:
        plan = Plan(begins, loop)
        begins += plan.length
        if now < begins:
            return _before_the_next(plan, loops, now)
    raise AssertionError("a round ends with its last loop")


def follow(timeline: Timeline, loops: Sequence[Loop], now: datetime) -> Timeline:
    """The timeline once the board should show these loops, one after the other.

    A new plan starts at the next loop; at once only when what is on show has nothing to show any
    more.
    """
    timeline = timeline.settled(now)
    if timeline.takeover:
        return timeline  # the plan stands still; it is looked at again afterwards
    if timeline.is_over(now):
        return first(loops, now)  # nobody looked for so long
    running = timeline.at(now)
    on_show, _ = running.on_show(now)
    if on_show.key not in {step.key for loop in loops for step in loop}:
        running = Plan(now, loops[0])
    found = _before_the_next(running, loops, now)
    return timeline if found == timeline else found


def _before_the_next(running: Plan, loops: Sequence[Loop], now: datetime) -> Timeline:
    """With what follows the loop that runs: itself, or the loop after the one it ends like."""
    last = running.steps[-1].key
    ends = (at for at, loop in enumerate(loops) if last in {step.key for step in loop})
    following = loops[(next(ends, -1) + 1) % len(loops)]
    if following == running.steps:
        return Timeline(running)
    coming = Plan(running.loop_of(now) + running.length, following)
    scenes = frozenset(step.scene for loop in loops for step in loop)
    return Timeline(running, coming, later=scenes - running.scenes - coming.scenes)


def round_of(seconds: Mapping[str, Iterable[int]]) -> tuple[Loop, ...]:
    """The loops of a round from every scene's seconds for each of its items, in order.

    A step is never shortened, or its words could not be read: it lasts what it needs, 5 s at least,
    and a loop 180 s at most. What does not fit comes with the next loop, which begins with the
    first step again; of three loops' worth of items the later ones wait. A scene without items is
    left out.
    """
    items = {
        scene: [min(max(LEAST_SECONDS, one), LOOP_SECONDS) for one in each]
        for scene, each in seconds.items()
    }
    loops = _loops(items)
    while len(loops) > MOST_LOOPS and max(map(len, items.values())) > 1:
        max(items.values(), key=len).pop()
        loops = _loops(items)
    return loops


def _loops(items: Mapping[str, Sequence[int]]) -> tuple[Loop, ...]:
    steps = [Step(scene, at, one) for scene, each in items.items() for at, one in enumerate(each)]
    loops: list[Loop] = []
    for step in steps:
        if loops and _total((*loops[-1], step)) <= LOOP_SECONDS:
            loops[-1] += (step,)
        elif loops and _total((steps[0], step)) <= LOOP_SECONDS:
            loops.append((steps[0], step))
        else:
            loops.append((step,))
    return tuple(loops)


def _total(steps: Iterable[Step]) -> int:
    return sum(step.seconds for step in steps)


def _told_of(takeover: Takeover) -> dict[str, Any]:
    at = takeover.at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {"at": at, **asdict(takeover.step)}


def _told(plan: Plan) -> dict[str, Any]:
    at = plan.loop_at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    steps = [asdict(step) for step in plan.steps]
    return {"loop_at": at, "steps": steps}
