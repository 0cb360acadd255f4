"""Runs a main.py of MicroPython under CPython: with its clock, which here is a second ahead at each look."""

import runpy
import select
import sys
import time

now_ms = 0


def ticks_ms():
    global now_ms
    now_ms += 1000
    return now_ms


class Poller:
    def register(self, stream, events):
        assert events == select.POLLIN
        self.stream = stream

    def poll(self, timeout_ms):
        assert timeout_ms > 0
        return [(self.stream, select.POLLIN)] if self.stream.has_something() else []


time.ticks_ms = ticks_ms
time.ticks_diff = lambda a, b: a - b
time.sleep_ms = lambda ms: None
time.sleep = lambda seconds: None
select.poll = Poller
sys.print_exception = lambda error: print(type(error).__name__)
try:
    runpy.run_path(sys.argv[1])
except KeyboardInterrupt:
    pass
