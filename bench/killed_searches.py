#!/usr/bin/env python3
"""Kills the driver `place` and all its workers with kill -9 at random moments, and resumes it until it ends.

    python3 bench/killed_searches.py build/examples/place [--runs 50] [--seed 1] [--jobs N]

On batch and on processes. Each run is one search in two_rooms that keeps a checkpoint after every iteration. It is
killed once to three times, each time at a moment between its start and as long as an undisturbed search takes. Then
its result.json must be that of the undisturbed one but for "times" and "execution", its history.csv the same to the
byte, and no process of it may be left. Leaves with 1 if any run did not end so.
"""
import argparse
import concurrent.futures
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time

from fault_matrix import LIMIT_S, Wrong, left_behind

SCENE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../examples/scenes/two_rooms/two_rooms.xml")
SEARCH = ["--scene", SCENE, "--tx", "ap=2,4.4,1.5", "--area", "5.2,0.2,7.8,4.8", "--spacing", "0.5", "--max-depth", "2",
          "--map-spacing", "0.5", "--mover", "Reflector", "--wall", "wall_south", "--worlds", "6", "--iterations", "99",
          "--pruning", "bottom_fraction", "--polish.worlds", "2", "--polish.steps", "5", "--checkpoint-every", "1",
          "--quiet"]
EXECUTORS = {
    "batch": ["--executor", "batch", "--threads", "2"],
    "processes": ["--executor", "processes", "--processes", "2"],
}


def kill_all(folder):
    for pid in left_behind(folder):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass


def expect_none_left(folder):
    for _ in range(60):
        left = left_behind(folder)
        if not left:
            return
        time.sleep(0.05)
    kill_all(folder)
    raise Wrong(f"left processes behind: {left}")


def found(folder):
    """What a finished run must have written, whenever and wherever it ran."""
    with open(f"{folder}/result.json", encoding="utf-8") as f:
        result = json.load(f)
    del result["times"], result["execution"]
    with open(f"{folder}/history.csv", encoding="utf-8") as f:
        return result, f.read()


class Searches:
    def __init__(self, place, executor):
        self.command = [os.path.abspath(place), *SEARCH, *EXECUTORS[executor]]
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([*self.command, "--output", folder], check=True, stdout=subprocess.DEVNULL, timeout=LIMIT_S)
            self.reference = found(folder)
            with open(f"{folder}/result.json", encoding="utf-8") as f:
                self.duration = json.load(f)["times"]["total_s"]

    def go(self, folder, kill_after=None):
        """Runs or goes on. Returns whether it was killed, and the iteration after which it went on (None: anew)."""
        process = subprocess.Popen([*self.command, "--output", folder, "--resume"], stdout=subprocess.DEVNULL,
                                   stderr=subprocess.PIPE, text=True, start_new_session=True)
        if kill_after is not None:
            time.sleep(kill_after)
            process.send_signal(signal.SIGKILL)
            kill_all(folder)
        try:
            _, err = process.communicate(timeout=LIMIT_S)
        except subprocess.TimeoutExpired:
            kill_all(folder)
            raise Wrong(f"did not end within {LIMIT_S} s") from None
        expect_none_left(folder)
        if process.returncode not in (0, -signal.SIGKILL):
            raise Wrong(f"left with {process.returncode}: {err}")
        after = re.search(r"going on after iteration (\d+)", err)
        return process.returncode != 0, int(after[1]) if after else None

    def one(self, rng):
        """One search, killed and resumed until it ends: after which iterations it went on."""
        with tempfile.TemporaryDirectory() as folder:
            moments = [rng.uniform(0, self.duration) for _ in range(rng.randint(1, 3))]
            went_on = []
            killed, _ = self.go(folder, moments.pop())
            if not killed:  # it has ended before its moment
                return self.one(rng)
            while killed:
                killed, after = self.go(folder, moments.pop() if moments else None)
                went_on.append(after)
            if found(folder) != self.reference:
                raise Wrong("ended with another result")
            return went_on


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("place")
    parser.add_argument("--runs", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="searches at once")
    options = parser.parse_args()
    wrong = 0
    for executor in EXECUTORS:
        searches = Searches(options.place, executor)

        def one(run):
            try:
                return searches.one(random.Random(f"{options.seed} {executor} {run}"))
            except Wrong as e:
                print(f"{executor}, run {run}: {e}", file=sys.stderr, flush=True)
                return None

        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            outcomes = list(pool.map(one, range(options.runs)))
        ends = [o for o in outcomes if o is not None]
        resumed = [after for went_on in ends for after in went_on]
        kept = sorted(after for after in resumed if after is not None)
        print(f"{executor}: {len(ends)} of {options.runs} ended as if undisturbed; killed {len(resumed)} times, "
              f"{len(resumed) - len(kept)} times before the first checkpoint"
              + (f"; went on after iterations {kept[0]} to {kept[-1]}, median {kept[len(kept) // 2]}" if kept else ""),
              flush=True)
        wrong += options.runs - len(ends)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
