"""Large blocks that are freed go back to the system, or stay for the next ones: as the process has it."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

# Blocks of 4 MB by turns with small ones that stay, behind a larger one whose end had raised glibc's threshold.
_PROGRAM = """
import os
from worker.heap import settle

def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

assert settle()
largest = b"x" * (24 << 20)
del largest
begin, small = resident(), []
for _ in range(3):
    large = []
    for _ in range(20):
        large.append(b"x" * (4 << 20))
        small.append(b"y" * 1000)
    large.clear()
print(resident() - begin)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="about glibc's malloc")
def test_what_is_freed_between_small_blocks_is_given_back() -> None:
    answer = subprocess.run([sys.executable, "-c", _PROGRAM], capture_output=True, text=True, check=True)
    assert int(answer.stdout) < 20 << 20


# The second round of blocks finds the pages of the first.
_ROUNDS = """
import resource
from worker.heap import keep

def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt

assert keep()
for _ in range(2):
    before = faults()
    blocks = [b"x" * (3 << 20) for _ in range(4)]
    blocks.clear()
    used = faults() - before
print(used)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="about glibc's malloc")
def test_what_is_freed_is_kept_for_the_next_chunk() -> None:
    answer = subprocess.run([sys.executable, "-c", _ROUNDS], capture_output=True, text=True, check=True)
    assert int(answer.stdout) < 100
