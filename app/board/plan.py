"""Plan: which scene when. Pure; everything follows from the server's time, so two TVs agree."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

LOOP_SECONDS = 180
LEAST_SECONDS = 5
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


@dataclass(frozen=True)
class Plan:
    """A loop that begins at `loop_at` and repeats. Has at least one step."""

    loop_at: datetime
    steps: tuple[Step, ...]

    @property
    def length(self) -> timedelta:
        return timedelta(seconds=sum(step.seconds for step in self.steps))

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
    """The plan that runs, the one that begins at the next loop, and what comes between, if any."""

    plan: Plan
    coming: Plan | None = None
    takeover: Takeover | None = None

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
        return Timeline(replace(self.plan, loop_at=self.plan.loop_at + late), coming)

    def told(self) -> dict[str, Any]:
        """What a screen is told of it."""
        return _told(self.plan) | {
            "next": _told(self.coming) if self.coming else None,
            "takeover": _told_of(self.takeover) if self.takeover else None,
        }


def first(steps: Iterable[Step], now: datetime) -> Timeline:
    """A plan that runs already; every process that has these steps finds the same moment."""
    plan = Plan(_ORIGIN, tuple(steps))
    return Timeline(Plan(plan.loop_of(now), plan.steps))


def follow(timeline: Timeline, steps: Iterable[Step], now: datetime) -> Timeline:
    """The timeline once the board should show `steps`.

    A new plan starts at the next loop; at once only when what is on show has nothing to show any
    more.
    """
    steps = tuple(steps)
    timeline = timeline.settled(now)
    if timeline.takeover:
        return timeline  # the plan stands still; it is looked at again afterwards
    running = timeline.at(now)
    if running.steps == steps:
        return Timeline(running) if timeline != Timeline(running) else timeline
    on_show, _ = running.on_show(now)
    if on_show.key not in {step.key for step in steps}:
        return Timeline(Plan(now, steps))
    if timeline.coming and timeline.plan is running and timeline.coming.steps == steps:
        return timeline
    return Timeline(running, Plan(running.loop_of(now) + running.length, steps))


def fit(seconds: Mapping[str, Iterable[int]]) -> tuple[Step, ...]:
    """The steps of a loop from every scene's seconds for each of its items, in order.

    A step lasts 5 s at least and a loop 180 s at most: later items go first, then what the steps
    last beyond their 5 s is shortened alike. A scene without items is left out.
    """
    items = {scene: [max(LEAST_SECONDS, one) for one in each] for scene, each in seconds.items()}
    while _total(items) > LOOP_SECONDS and max(map(len, items.values())) > 1:
        max(items.values(), key=len).pop()
    floor = LEAST_SECONDS * sum(map(len, items.values()))
    share = min(1.0, (LOOP_SECONDS - floor) / max(_total(items) - floor, 1))
    return tuple(
        Step(scene, item, LEAST_SECONDS + int((length - LEAST_SECONDS) * share))
        for scene, each in items.items()
        for item, length in enumerate(each)
    )


def _told_of(takeover: Takeover) -> dict[str, Any]:
    at = takeover.at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {"at": at, **asdict(takeover.step)}


def _total(items: Mapping[str, list[int]]) -> int:
    return sum(map(sum, items.values()))


def _told(plan: Plan) -> dict[str, Any]:
    at = plan.loop_at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    steps = [asdict(step) for step in plan.steps]
    return {"loop_at": at, "steps": steps}
