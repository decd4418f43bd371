"""What the machine has, and what the embedded server takes of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tangthu.kernel import machine
from tangthu.kernel.postgres import buffers_mb


@pytest.mark.parametrize(
    ("memory", "buffers"), [(512, 128), (2048, 256), (4096, 512), (16_384, 2048), (500_000, 2048)]
)
def test_the_server_takes_an_eighth_of_the_memory_within_bounds(memory: int, buffers: int) -> None:
    assert buffers_mb(memory) == buffers


def test_a_containers_limit_counts_where_it_is_below_the_machines_memory(tmp_path: Path) -> None:
    every = machine.memory_mb(())
    assert every > 256
    limit = tmp_path / "memory.max"
    for text, expected in (("268435456\n", 256), ("max\n", every), ("9223372036854771712", every)):
        limit.write_text(text, "ascii")
        assert machine.memory_mb((limit, tmp_path / "absent")) == expected
