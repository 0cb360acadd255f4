"""
Runs a main.py of MicroPython under CPython, before a real broker. Its clock is a second ahead after each wait in which
nothing came, and stands still otherwise: so its keep alive is over soon. The pauses between its tries are short.
"""

import runpy
import select
import sys
import time
import traceback
from pathlib import Path

sys.path.append(str(Path(__file__).parent.parent))
now_ms = 0
poll_of_python = select.poll
sleep_of_python = time.sleep


class Poller:
    def __init__(self):
        self.of_python = poll_of_python()
        self.register = self.of_python.register

    def poll(self, timeout_ms):
        global now_ms
        found = self.of_python.poll(timeout_ms)
        if not found:
            now_ms += 1000
        return found


time.ticks_ms = lambda: now_ms
time.ticks_diff = lambda a, b: a - b
time.sleep_ms = lambda ms: None
time.sleep = lambda seconds: sleep_of_python(seconds / 100)
select.poll = Poller
sys.print_exception = lambda error: traceback.print_exception(error, file=sys.stdout)
runpy.run_path(sys.argv[1])
