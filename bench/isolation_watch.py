"""Runs a program and watches from outside what it takes: the resident memory of all processes that belong to it."""
import json
import os
import signal
import subprocess
import tempfile
import threading

ACTORS = ("ray::Worker", "ray::World")  # of ray_workers.py and of ray_sionna_spsa.py
PAGE, TICKS = os.sysconf("SC_PAGESIZE"), os.sysconf("SC_CLK_TCK")
EVERY_S = 0.2


class NotRun(Exception):
    """A case that gave no result, and why."""


class TooMuch(NotRun):
    """It takes too much memory or time; so do larger ones of the same kind."""


def read(*path):
    try:
        with open(os.path.join("/proc", *map(str, path))) as f:
            return f.read()
    except OSError:  # it has ended meanwhile
        return ""


def available_bytes():
    """What the system says new programs could have."""
    return next(1024 * int(line.split()[1]) for line in read("meminfo").splitlines() if line.startswith("MemAvailable"))


def begun_s(pid):
    """When a process began, in seconds since the system did; to 10 ms."""
    return int(read(pid, "stat").rpartition(")")[2].split()[19]) / TICKS


def children(pid):
    try:
        threads = os.listdir(f"/proc/{pid}/task")
    except OSError:
        return []
    return [int(child) for thread in threads for child in read(pid, "task", thread, "children").split()]


def belongs(title):
    """Ray's own processes, those without work among them, do not belong to the run; its actors do."""
    return title.startswith(ACTORS) or not (title.startswith("ray::") or "/site-packages/ray/" in title)


class Watch(threading.Thread):
    """Looks at a process and all that came from it, five times a second. `bytes`: the most that was resident at one
    moment, pages that processes share counted in each; `actors`: of Ray, the most at one moment; `delay_s`: from the
    start of the process to that of the program, which it may launch."""

    def __init__(self, pid, program):
        super().__init__(daemon=True)
        self.pid, self.program, self.over = pid, os.path.basename(program)[:15], threading.Event()
        self.bytes = self.actors = 0
        self.delay_s = None
        self.start()

    def run(self):
        while True:
            self.look()
            if self.over.wait(EVERY_S):
                return

    def look(self):
        found, pids = [], [self.pid]
        while pids:
            pid = pids.pop()
            pids += children(pid)
            title, pages = read(pid, "cmdline"), read(pid, "statm").split()
            if pages and belongs(title):
                found.append((pid, title, PAGE * int(pages[1])))
        self.bytes = max(self.bytes, sum(size for _, _, size in found))
        self.actors = max(self.actors, sum(title.startswith(ACTORS) for _, title, _ in found))
        if self.delay_s is None:
            begun = [begun_s(pid) for pid, _, _ in found if read(pid, "comm").strip() == self.program]
            self.delay_s = min(begun) - begun_s(self.pid) if begun else None


def end(process):
    """Asks a program to end, then ends it with all processes of its group."""
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        pass
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()


def run(command, program, limit_s):
    """What a command tells as its last line of JSON, with what was seen from outside. Raises NotRun."""
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        process = subprocess.Popen(command, stdout=out, stderr=err, start_new_session=True)
        watch = Watch(process.pid, program)
        try:
            process.wait(limit_s)
        except subprocess.TimeoutExpired:
            raise TooMuch(f"was not done after {limit_s} s") from None
        finally:
            watch.over.set()
            end(process)
            watch.join()
        out.seek(0), err.seek(0)
        told = [line for line in out.read().splitlines() if line.startswith("{")]
        said = err.read().strip().splitlines()
    code = process.returncode
    if code != 0:
        how = f"was ended by {signal.Signals(-code).name}" if code < 0 else f"left with exit code {code}"
        raise NotRun(how + (f": {said[-1][-200:]}" if said else ""))
    try:
        return {**json.loads(told[-1]), "bytes": watch.bytes, "actors": watch.actors, "delay_s": watch.delay_s or 0.0}
    except (IndexError, ValueError):
        raise NotRun("told no result") from None
