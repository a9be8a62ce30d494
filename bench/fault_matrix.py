#!/usr/bin/env python3
"""Hits searches with faults at random moments, on every executor, and counts how often they end as they must.

    python3 bench/fault_matrix.py build/tests/worker_program [--runs 100] [--seed 1] [--jobs N] [--ray PYTHON]
        [--only FAULT ...] [FILE]

Each run is one search of tests/worker_program.cpp, hit once: it must end with the result of an undisturbed one, to the
bit, at once or after --resume, where a fault may end it. No process of it may be left, and none may take longer than
a minute. Leaves with 1 if any run did not. --ray: on Ray only, by this Python, which has it; start Ray before (`ray start
--head`). FILE: write the table there, too.
"""
import argparse
import concurrent.futures
import datetime
import os
import random
import signal
import subprocess
import sys
import tempfile
import time

from report import Report

EXECUTORS = {
    "serial": ["executor=serial"],
    "batch": ["executor=batch", "threads=2"],
    "processes": ["executor=processes", "processes=3"],
    "processes x batch": ["executor=processes", "processes=2", "threads=2", "batch=4"],
}
RAY = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "examples", "cluster", "ray_workers.py")
FAULTS = {
    "kill": "kill -9",
    "segv": "segmentation fault",
    "exit": "exit(3)",
    "hang": "hang",
    "stop": "heartbeat lost (SIGSTOP)",
    "nan": "NaN loss",
    "bad_alloc": "bad_alloc",
    "throw": "exception",
    "half": "truncated message",
    "garbage": "corrupt message",
    "tree": "kill -9 of the whole tree",
    "parent": "kill -9 of the run's process only",
    "cut": "kill -9, and the newest checkpoint cut short",
    "full": "disk full at a checkpoint",
}
RAY_LAUNCHER = []
IN_PROCESS = ("serial", "batch")
MESSAGES = ("half", "garbage")  # only where there are messages
ENDS_RUN = ("tree", "parent", "cut")
LIMIT_S = 60


class Wrong(Exception):
    pass


def left_behind(mark):
    """Processes that have `mark` among their arguments."""
    pids = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as f:
                arguments = f.read().split(b"\0")
            with open(f"/proc/{pid}/stat") as f:
                zombie = f.read().rsplit(")", 1)[1].split()[0] == "Z"
        except OSError:
            continue
        if mark.encode() in arguments and not zombie:
            pids.append(int(pid))
    return pids


def winner(printed):
    """Its loss, and where it stands: "winner 3 value LOSS evaluations N iterations N at X X ...", then worlds."""
    words = printed.splitlines()[0].split()
    return float.fromhex(words[3]), [float.fromhex(x) for x in words[9:]]


def same_winner(printed, reference):
    """On the same hill, within a tenth of its width, with a loss within 1 %. Not of the same number: that is a matter
    of the eighth digit, for worlds that follow each other all end there."""
    (loss, x), (expected_loss, expected_x) = winner(printed), winner(reference)
    return abs(loss / expected_loss - 1) <= 0.01 and len(x) == len(expected_x) and all(
        abs(a - b) <= 0.1 for a, b in zip(x, expected_x))


class Cell:
    def __init__(self, program, executor, fault):
        self.program, self.executor, self.fault = program, executor, fault
        with tempfile.TemporaryDirectory() as folder:
            begun = time.time()
            self.reference = subprocess.run(self.command(folder, "pause_us=400"), capture_output=True, text=True,
                                            check=True).stdout
            self.duration = time.time() - begun

    def command(self, folder, *more):
        launcher = RAY_LAUNCHER if self.executor == "Ray" else []
        return [*launcher, self.program, *EXECUTORS[self.executor], f"checkpoint={folder}", "every=3", f"mark={folder}",
                "heartbeat_timeout=0.4", "task_timeout=0.8", f"start_timeout={LIMIT_S - 10}", *more]

    def run_of(self, process):
        """The run's own process: the one that was started, or what Ray's launcher has started."""
        if self.executor != "Ray":
            return process.pid
        with open(f"/proc/{process.pid}/task/{process.pid}/children") as f:
            runs = f.read().split()
        return int(runs[0]) if runs else process.pid

    def hit(self, folder, rng):
        """Starts the search, has it hit, and returns how it ended: its exit code and what it printed."""
        pause = "pause_us=400"  # so that there is time to hit it
        at = rng.randint(1, 100 if self.executor not in IN_PROCESS else 350)
        more = [pause, f"fault={self.fault}", f"at={at}", f"token={folder}/token"]
        if self.fault in ENDS_RUN or self.fault == "full":
            more = [pause]
        if self.fault == "full":
            os.symlink("/dev/full", f"{folder}/checkpoint.bin.part")
        process = subprocess.Popen(self.command(folder, *more), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   text=True, start_new_session=True)
        in_process = self.executor in IN_PROCESS
        try:
            if self.fault in ENDS_RUN:
                time.sleep(rng.uniform(0, self.duration))
                whole_tree = {process.pid, *left_behind(f"mark={folder}")}
                for pid in [self.run_of(process)] if self.fault == "parent" else whole_tree:
                    try:
                        os.kill(pid, signal.SIGKILL)
                    except ProcessLookupError:
                        pass
            if self.fault in ("hang", "stop") and in_process:  # nobody but its user can end it
                try:
                    process.wait(3 * self.duration + 1)
                except subprocess.TimeoutExpired:
                    os.killpg(process.pid, signal.SIGKILL)
            out, err = process.communicate(timeout=LIMIT_S)
        except subprocess.TimeoutExpired:
            for pid in left_behind(f"mark={folder}"):
                os.kill(pid, signal.SIGKILL)
            raise Wrong(f"did not end within {LIMIT_S} s")
        if self.fault == "full" and "no checkpoint" not in err:
            raise Wrong("the full disk was not told")
        return process.returncode, out, err

    def resume(self, folder, rng):
        newest = f"{folder}/checkpoint.bin"
        if self.fault == "cut" and os.path.exists(newest):
            os.truncate(newest, rng.randrange(os.path.getsize(newest)))
        for resume in ("resume=1", "resume=0"):
            done = subprocess.run(self.command(folder, resume), capture_output=True, text=True, timeout=LIMIT_S)
            if done.returncode == 0:
                return done.stdout
            if "without --resume the run begins anew" not in done.stderr:
                raise Wrong(f"could not be resumed: {done.stderr}")

    def run(self, rng):
        """One search, hit once. Returns whether it had to be resumed; None when it ended before it was hit."""
        with tempfile.TemporaryDirectory() as folder:
            code, out, err = self.hit(folder, rng)
            for _ in range(60):
                left = left_behind(f"mark={folder}")
                if not left:
                    break
                time.sleep(0.05)
            for pid in left:
                os.kill(pid, signal.SIGKILL)
            if left:
                raise Wrong(f"left processes behind: {left}")
            was_hit = code != 0 if self.fault in ENDS_RUN else self.fault == "full" or os.path.exists(f"{folder}/token")
            if not was_hit:
                return None
            resumed = code != 0
            if resumed and self.executor not in IN_PROCESS and self.fault not in ENDS_RUN:
                raise Wrong(f"ended with {code}: {err}")
            if resumed:
                out = self.resume(folder, rng)
            if self.fault == "nan":  # a step is taken back and another one taken: another way to a result
                if not out.startswith("winner") or not same_winner(out, self.reference):
                    raise Wrong(f"ended with another result: {out.splitlines()[:1]} {err}")
            elif out != self.reference:
                raise Wrong("ended with another result")
            return resumed


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("file", nargs="?")
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--ray")
    parser.add_argument("--only", nargs="+", choices=FAULTS, default=list(FAULTS), metavar="FAULT",
                        help=", ".join(FAULTS))
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="searches at once")
    options = parser.parse_intermixed_args()
    if options.ray:
        EXECUTORS.clear()
        EXECUTORS["Ray"] = []
        RAY_LAUNCHER[:] = [options.ray, RAY, "--workers", "3", "--num-cpus", "0.1", "--address", "auto", "--"]
    report = Report()
    report("# Faults: what becomes of a search that is hit", "",
           f"`python3 bench/fault_matrix.py build/tests/worker_program --runs {options.runs} --seed {options.seed}"
           f"{' --ray PYTHON' if options.ray else ''}`, "
           f"{datetime.date.today()}.", "",
           "Each run is a search of 8 worlds by 30 iterations, hit once at a random moment. `as it must`: runs that ended",
           "with the result of an undisturbed one, bit for bit (for NaN, which takes a step back, with the winner at the",
           "same place within a tenth of a hill's width, and a loss within 1 %), and left no process behind. `resumed`:",
           "those of them that the fault ended, and that went on from their checkpoint.")
    report.table("Runs that ended as they must, of those that were hit", "fault",
                 *(column for name in EXECUTORS for column in (name, "resumed")))
    wrong = 0
    for fault in options.only:
        words, cells = FAULTS[fault], []
        for executor in EXECUTORS:
            if fault in MESSAGES and executor in IN_PROCESS:
                cells += ["no messages", ""]
                continue
            program = os.path.abspath(options.program)
            cell = Cell(program, executor, fault)

            def one(run):
                rng = random.Random(f"{options.seed} {fault} {executor} {run}")
                try:
                    while (outcome := cell.run(rng)) is None:
                        pass
                    return outcome
                except Wrong as e:
                    print(f"{words}, {executor}, run {run}: {e}", file=sys.stderr, flush=True)
                    return None

            with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
                outcomes = list(pool.map(one, range(options.runs)))
            good, resumed = sum(o is not None for o in outcomes), sum(bool(o) for o in outcomes)
            wrong += options.runs - good
            cells += [f"{good} of {options.runs}", resumed]
        report.row(words, *cells)
    if options.file:
        report.write(options.file)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
