"""The executors that isolation_vs_batching.py compares, what their runs have told, and which runs fit the machine."""
import math
import os
import statistics
import subprocess
import sys

from isolation_watch import NotRun, TooMuch, available_bytes, run

HERE = os.path.dirname(os.path.abspath(__file__))
CORES = os.cpu_count()
DESCENT_S = 2
MOST_S, TIMEOUT_S = 60, 150  # of a case: what may be expected of it, and when it is ended
MEMORY = 0.9  # of what is available
SIZES = {100: (1, 8, 32, 256), 1000: (1, 4, 8, 16, 32, 64, 256), 10000: (1, 8, 32), 100000: (1, 8)}
QUICK = {100: (1, 8, 32), 1000: (1, 8, 32)}


class Executor:
    """A way to run worlds: how it is called, and the options of isolation_case for so many worlds. `workers`: how many
    processes besides the run's own, for so many worlds; `batch`: jobs that they get at once."""

    def __init__(self, name, options, workers=None, batch=1, launcher=None):
        self.name, self.options, self.workers, self.batch, self.launcher = name, options, workers, batch, launcher

    def command(self, program, worlds):
        return [*(self.launcher(worlds) if self.launcher else []), program, *self.options(worlds)]


def processes(count, *more):
    return ["--executor", "processes", "--executor.processes", str(count), *more]


def ray(name, actors):
    """Our workers under Ray, which reserves all processors for `actors`(worlds)."""
    script = os.path.join(HERE, "..", "examples", "cluster", "ray_workers.py")
    share = lambda n: f"{min(1, math.floor(1e4 * CORES / actors(n)) / 1e4):g}"
    launcher = lambda n: [sys.executable, script, "--workers", str(actors(n)), "--num-cpus", share(n), "--"]
    return Executor(name, lambda n: [], workers=actors, launcher=launcher)


def a_core(worlds):
    return min(worlds, CORES)


def has_device(program):
    """Is there a CUDA device? isolation_case leaves with 3 where there is none."""
    asked = subprocess.run([program, "--executor", "cuda_batch", "worlds=1", "iterations=1"], capture_output=True)
    return asked.returncode == 0


def executors(with_ray, with_device):
    found = [
        Executor("serial", lambda n: ["--executor", "serial"]),
        Executor("batch", lambda n: ["--executor", "batch"]),
        Executor("a process a world", lambda n: processes(n), workers=lambda n: n),
        Executor("a process a core", lambda n: processes(a_core(n)), workers=a_core),
        Executor("processes x batch", lambda n: processes(a_core(n), "--executor.batch", "8"), workers=a_core, batch=8),
    ]
    if with_device:
        found += [Executor(name, lambda n, name=name: ["--executor", name]) for name in ("cuda_batch", "cuda_contexts")]
    if with_ray:
        found.append(ray("Ray, our worker", a_core))
    return found


def label(executor, worlds, receivers):
    return f"{executor.name}/worlds:{worlds}/receivers:{receivers}"


class Case:
    """What one run has told. Times of steps are of the first `compared` ones, which all executors of its size have
    done: steps become cheaper as worlds come to rest."""

    def __init__(self, executor, worlds, receivers, told):
        self.executor, self.name, self.worlds, self.receivers = executor, executor.name, worlds, receivers
        self.label = label(executor, worlds, receivers)
        self.steps = told["steps_s"] or [told["ends_s"][0] - told["problem_s"]]
        self.start_s, self.problem_s = told["first_iteration_s"], told["problem_s"]
        self.with_ray_s = self.start_s + told["delay_s"]
        self.workers_s = self.start_s - self.problem_s if executor.workers else None
        self.actors, self.value, self.iterations = told["actors"], told["value"], told["iterations"]
        self.device_bytes = int(told.get("execution", {}).get("bytes_on_devices", 0))
        self.bytes = told["bytes"] + self.device_bytes
        best = math.inf
        self.losses = [(t, best := min(best, loss)) for t, loss in zip(told["ends_s"], told["losses"])]
        self.compare(len(self.steps))

    def compare(self, count):
        self.compared = max(1, min(count, len(self.steps)))
        steps = sorted(self.steps[:self.compared])
        self.step_s = statistics.median(steps) / self.worlds
        self.p95_s = steps[math.ceil(0.95 * len(steps)) - 1]

    def loss_at(self, seconds):
        """Best loss so far at this time since the start of the process; None before the first."""
        return next((loss for t, loss in reversed(self.losses) if t <= seconds), None)

    def as_benchmark(self):
        """In Google Benchmark's words."""
        row = {"name": self.label, "run_type": "iteration", "iterations": self.iterations,
               "real_time": 1e3 * self.step_s, "cpu_time": 1e3 * self.step_s, "time_unit": "ms",
               "compared_iterations": self.compared, "start_s": self.start_s, "p95_ms": 1e3 * self.p95_s,
               "bytes": self.bytes, "bytes_per_world": self.bytes / self.worlds, "device_bytes": self.device_bytes,
               "worlds_times_steps_per_s": 1 / self.step_s, "value": self.value}
        if self.workers_s is not None:
            row["workers_start_s"] = self.workers_s
        if self.actors:
            row.update(actors=self.actors, start_with_ray_s=self.with_ray_s)
        return row


class Cases:
    """All cases that were tried: `known` have a result; `skipped` not, in Google Benchmark's words."""

    def __init__(self, program):
        self.program, self.known, self.skipped, self.too_much = program, [], [], []

    def expect(self, executor, worlds, receivers):
        """Bytes and seconds that a run will take at most, from smaller ones of the same executor if they grow no faster
        than worlds and receivers do; (0, 0) where nothing smaller has run."""
        smaller = [(c, worlds * receivers / (c.worlds * c.receivers)) for c in self.known
                   if c.name == executor.name and c.worlds <= worlds and c.receivers <= receivers]
        if not smaller:
            return 0, 0
        return (min(c.bytes * times for c, times in smaller),
                DESCENT_S + min((c.start_s + 2 * c.worlds * c.step_s) * times for c, times in smaller))

    def run(self, executor, worlds, receivers):
        """Raises NotRun, also where the case is not tried because of what is to be expected."""
        for name, w, r in self.too_much:
            if name == executor.name and w <= worlds and r <= receivers:
                raise NotRun(f"{w} worlds and {r:,} receivers were too much already")
        needed, seconds = self.expect(executor, worlds, receivers)
        free = available_bytes()
        if needed > MEMORY * free:
            raise TooMuch(f"would take up to {needed / 1e9:.1f} GB, {free / 1e9:.1f} GB are available")
        if seconds > MOST_S:
            raise TooMuch(f"would take up to {seconds:.0f} s")
        command = [*executor.command(self.program, worlds), f"worlds={worlds}", f"receivers={receivers}"]
        return Case(executor, worlds, receivers, run([*command, f"seconds={DESCENT_S}"], self.program, TIMEOUT_S))

    def of_size(self, executors, worlds, receivers, rounds):
        """Runs all executors in turn, `rounds` times, and keeps the faster run of each. Returns them, and why others
        have none (name -> why)."""
        best, why = {}, {}
        for _ in range(rounds):
            for e in executors:
                if e.name in why:
                    continue
                try:
                    case = self.run(e, worlds, receivers)
                except NotRun as reason:
                    if e.name in best:
                        continue
                    why[e.name] = str(reason)
                    if isinstance(reason, TooMuch):
                        self.too_much.append((e.name, worlds, receivers))
                    self.skipped.append({"name": label(e, worlds, receivers), "run_type": "iteration",
                                         "error_occurred": True, "error_message": f"not run: {reason}"})
                else:
                    if e.name not in best or case.step_s < best[e.name].step_s:
                        best[e.name] = case
        cases = list(best.values())
        for c in cases:
            c.compare(min(len(c.steps) for c in cases))
        self.known += cases
        return cases, why
