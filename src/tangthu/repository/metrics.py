"""Figures of the stores: room, and whether each can be opened."""

from __future__ import annotations

from collections.abc import Iterator

from tangthu.kernel.metrics import Metric, Sample
from tangthu.repository.places import usable
from tangthu.repository.stores import in_use, room_of


def collect() -> Iterator[Metric]:
    """By the store's name; one that is away has no room to tell."""
    stores = list(in_use())
    rooms = {one.name: room_of(one) for one in stores}
    yield Metric(
        "tangthu_store_usable",
        "Whether the store can be opened.",
        tuple(Sample(int(usable(one)), {"store": one.name}) for one in stores),
    )
    for name, help_, part in (
        ("tangthu_store_free_bytes", "Room left on the disk of the store.", "free"),
        ("tangthu_store_size_bytes", "Size of the disk of the store.", "total"),
    ):
        yield Metric(
            name,
            help_,
            tuple(
                Sample(getattr(room, part), {"store": store})
                for store, room in rooms.items()
                if room is not None
            ),
        )
