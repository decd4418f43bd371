"""What to do first in a new house or a new post; each step of an app knows whether it is done."""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.http import HttpRequest
from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class FirstStep:
    """One thing to do first.

    `why` says in one sentence what it is good for; `url_name` leads to where it is done; `order`
    sorts, the most needed first. `concerns` says whether the viewer is to do it, `done` whether it
    is done, seen from what is there and never from a tick; each costs at most a query or two.
    """

    name: str
    label: str | Promise
    why: str | Promise
    url_name: str
    order: int
    concerns: Callable[[HttpRequest], bool]
    done: Callable[[HttpRequest], bool]


@dataclass(slots=True)
class FirstStepRegistry:
    """All first steps of the installation."""

    steps: dict[str, FirstStep] = field(default_factory=dict)

    def register(self, *steps: FirstStep) -> None:
        """Add steps. Raises ValueError when a name is already taken."""
        for step in steps:
            if step.name in self.steps:
                raise ValueError(f"first step already registered: {step.name!r}")
            self.steps[step.name] = step

    def of(self, request: HttpRequest) -> list[tuple[FirstStep, bool]]:
        """The steps that concern the viewer, in order, each with whether it is done."""
        ordered = sorted(self.steps.values(), key=lambda step: (step.order, step.name))
        return [(step, step.done(request)) for step in ordered if step.concerns(request)]


first_steps = FirstStepRegistry()
