#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Kill workers of a server, and see each replaced.

crash.py ADDRESS KILLS SIGNAL: kills a worker that STATS names, waits until as
many as before serve again (60 s at most), and so on.  Prints

    kills=N replaced=N median_ms=T max_ms=T
"""
import os
import random
import statistics
import sys
import time

from wire import stats


def workers(address):
    return {x["worker"]["pid"] for x in stats(address) if "worker" in x}


def replaced(address, old, size):
    """Milliseconds until size workers serve without old; None: too long."""
    begun = time.monotonic()
    while time.monotonic() - begun < 60:
        now = workers(address)
        if old not in now and len(now) >= size:
            return (time.monotonic() - begun) * 1000
    return None


def main():
    address, kills, signal = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    took = []
    for _ in range(kills):
        pids = set()
        while not pids:
            pids = workers(address)
        old = random.choice(sorted(pids))
        os.kill(old, signal)
        ms = replaced(address, old, len(pids))
        if ms is None:
            break
        took.append(ms)
    print(f"kills={kills} replaced={len(took)}"
          f" median_ms={statistics.median(took or [0]):.1f}"
          f" max_ms={max(took or [0]):.1f}")


main()
