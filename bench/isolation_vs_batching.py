#!/usr/bin/env python3
"""Runs the cases of isolation_vs_batching.sh and says which executor to take."""
import argparse
import datetime
import json
import os
import platform
import statistics
import subprocess
import sys

from report import Report

HERE = os.path.dirname(os.path.abspath(__file__))
CORES = os.cpu_count()
LIMIT_S = 300


class Executor:
    """A way to run worlds: how it is called, and the options of isolation_case for so many worlds."""

    def __init__(self, name, isolation, options, most_worlds=10**9, launcher=None):
        self.name, self.isolation, self.options = name, isolation, options
        self.most_worlds, self.launcher = most_worlds, launcher

    def command(self, program, worlds):
        options = self.options(worlds)
        return [*self.launcher(worlds), program] if self.launcher else [program, *options]


def processes(count, *more):
    return ["--executor", "processes", "--executor.processes", str(count), *more]


def has_device(program):
    """Is there a CUDA device? isolation_case leaves with 3 where there is none."""
    asked = subprocess.run([program, "--executor", "cuda_batch", "worlds=1", "iterations=1"], capture_output=True)
    return asked.returncode == 0


def executors(with_ray, with_device):
    ray = [sys.executable, os.path.join(HERE, "..", "examples", "cluster", "ray_workers.py")]
    found = [
        Executor("serial", "none", lambda n: ["--executor", "serial"]),
        Executor("batch", "none", lambda n: ["--executor", "batch"]),
        Executor("a process a world", "full", lambda n: processes(n), most_worlds=32),
        Executor("a process a core", "full", lambda n: processes(min(n, CORES))),
        Executor("processes x batch", "8 worlds", lambda n: processes(min(n, CORES), "--executor.batch", "8")),
    ]
    if with_device:
        found.append(Executor("cuda_batch", "none", lambda n: ["--executor", "cuda_batch"]))
        found.append(Executor("cuda_contexts", "address space", lambda n: ["--executor", "cuda_contexts"],
                              most_worlds=64))
    if with_ray:
        found.append(Executor("Ray, our worker", "full, over machines", lambda n: [], most_worlds=32,
                              launcher=lambda n: [*ray, "--workers", str(min(n, 4)), "--num-cpus", "0.25", "--"]))
    return found


def run(command, *more):
    done = subprocess.run([*command, *more], capture_output=True, text=True, timeout=LIMIT_S)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr[-500:]}")
    return json.loads(done.stdout.strip().splitlines()[-1])


class Case:
    """What one run has told."""

    def __init__(self, executor, worlds, receivers, told):
        self.executor, self.worlds, self.receivers, self.told = executor, worlds, receivers, told
        steps = told["steps_s"] or [told["ends_s"][0]]
        self.start_s = told["first_iteration_s"]
        self.step_s = statistics.median(steps) / worlds
        self.p95_s = sorted(steps)[min(len(steps) - 1, int(0.95 * len(steps)))]
        execution = told.get("execution", {})
        self.bytes = told["bytes_of_run"] + sum(int(execution.get(k, 0)) for k in ("bytes_of_workers", "bytes_on_devices"))
        self.losses = [(t - told["ends_s"][0] + self.start_s, min(told["losses"][: i + 1]))
                       for i, t in enumerate(told["ends_s"])]

    def loss_at(self, seconds):
        """Best loss so far at this time since the start of the process; None before the first."""
        return next((loss for t, loss in reversed(self.losses) if t <= seconds), None)

    def as_benchmark(self):
        """In Google Benchmark's words."""
        return {"name": f"{self.executor}/worlds:{self.worlds}/receivers:{self.receivers}", "run_type": "iteration",
                "iterations": self.told["iterations"], "real_time": 1e3 * self.step_s, "cpu_time": 1e3 * self.step_s,
                "time_unit": "ms", "start_s": self.start_s, "p95_ms": 1e3 * self.p95_s, "bytes": self.bytes,
                "bytes_per_world": self.bytes / self.worlds, "worlds_times_steps_per_s": 1 / self.step_s,
                "value": self.told["value"]}


def advice(cases, worlds, receivers):
    """Which executor to take for this size, and why."""
    size = f"{worlds} world{'s' if worlds > 1 else ''}, {receivers:,} receivers"
    best = min((c for c in cases if c.executor != "serial" or worlds == 1), key=lambda c: c.step_s)
    isolated = [c for c in cases if "process" in c.executor]
    if not isolated:
        return f"{size}: take {best.executor}."
    cheap = min(isolated, key=lambda c: c.step_s)
    batch = next(c for c in cases if c.executor == "batch")
    over, memory = cheap.step_s / batch.step_s - 1, cheap.bytes / batch.bytes
    more_s = cheap.start_s - batch.start_s
    steps = max(0.0, more_s) / (batch.step_s * worlds)
    take = "batch" if over > 0.02 or memory > 1.5 else "either"
    return (f"{size}: take {take}, unless worlds may crash; isolation ({cheap.executor}) "
            f"costs {100 * over:+.0f} % a step, {memory:.1f} times the memory, and {max(0.0, more_s):.2f} s at the start, "
            f"which is worth {steps:.0f} iterations.")


def plots(cases, folder):
    import matplotlib
    matplotlib.use("Agg")
    from matplotlib import pyplot
    names = list(dict.fromkeys(c.executor for c in cases))
    colours = dict(zip(names, ["#4d4d4d", "#0072b2", "#d55e00", "#e69f00", "#009e73", "#cc79a7", "#56b4e9"]))
    middle = sorted({c.receivers for c in cases})
    middle = min(middle, key=lambda r: abs(r - 1000))

    def curves(file, title, label, value):
        figure, axes = pyplot.subplots(figsize=(7, 4.5), layout="constrained")
        for name in names:
            points = sorted((c.worlds, value(c)) for c in cases if c.executor == name and c.receivers == middle)
            axes.plot(*zip(*points), marker="o", label=name, color=colours[name])
        axes.set(xscale="log", yscale="log", xlabel="worlds", ylabel=label, title=f"{title}, {middle:,} receivers")
        ticks = sorted({c.worlds for c in cases})
        axes.set_xticks(ticks, [str(t) for t in ticks])
        axes.minorticks_off()
        axes.grid(alpha=0.3)
        axes.legend(frameon=False)
        figure.savefig(os.path.join(folder, file), dpi=120)

    curves("throughput.png", "Throughput", "world-steps per second", lambda c: 1 / c.step_s)
    curves("memory.png", "Memory", "resident MB in all", lambda c: c.bytes / 1e6)
    figure, axes = pyplot.subplots(figsize=(7, 4.5), layout="constrained")
    worlds = min({c.worlds for c in cases}, key=lambda w: abs(w - 32))
    for name in names:
        for c in cases:
            if c.executor == name and c.receivers == middle and c.worlds == worlds:
                axes.step(*zip(*c.losses), where="post", label=name, color=colours[name])
    axes.set(xlabel="seconds since the process started", ylabel="best loss so far, dB",
             title=f"Loss against wall time, {worlds} worlds, {middle:,} receivers")
    axes.grid(alpha=0.3)
    axes.legend(frameon=False)
    figure.savefig(os.path.join(folder, "loss.png"), dpi=120)


def steady(program, worlds, receivers, options):
    """Of a world-step, in seconds: its time, what the run and its workers take of the processors, and how long workers
    have nothing to do. Sixty iterations after the first twenty, so that all executors are looked at while they do the
    same."""
    first, last = 20, 80
    size = [f"worlds={worlds}", f"receivers={receivers}", "seconds=1000"]
    short = run([program], *size, f"iterations={first}", *options)
    long = run([program], *size, f"iterations={last}", *options)
    steps = sorted(long["steps_s"][first:])
    return (steps[len(steps) // 4] / worlds,
            (long["processor_s"] - long["processor_s_first"]) / worlds / (last - 1),
            (long["processor_s_workers"] - short["processor_s_workers"]) / worlds / (last - first),
            float(long["execution"].get("workers_idle_s", 0)) / worlds / last)


def model_of(report, program, cases):
    """What explains the time of processes: what workers and run take of the processors, and cores that wait for the
    last task of an iteration."""
    report.table("The cost model", "jobs a task", "batch, ms a world-step", "an empty job, us",
                 "workers, us of a processor", "the run, us", "waiting, us", "the model, ms", "processes, ms",
                 "of what they cost more, explained, %")
    sizes = sorted({(c.worlds, c.receivers) for c in cases}, key=lambda s: (abs(s[0] - 32), abs(s[1] - 1000)))
    worlds, receivers = sizes[0]
    ways = {0: ["--executor", "batch"]}
    ways.update({size: processes(CORES, "--executor.batch", str(size)) for size in (1, 8)})
    seen = {size: [] for size in ways}
    for _ in range(3):  # in turn, so that all have the same neighbours
        for size, options in ways.items():
            seen[size].append(steady(program, worlds, receivers, options))
    least = {size: [min(column) for column in zip(*rows)] for size, rows in seen.items()}
    batch_s = least.pop(0)[0]
    for size, (step_s, run_s, workers_s, idle_s) in least.items():
        job_s = min(run([program], "jobs=20000", *ways[size])["job_s"] for _ in range(3))
        waiting_s = idle_s / CORES
        model_s = (workers_s + run_s) / CORES + waiting_s
        report.row(size, f"{1e3 * batch_s:.3f}", f"{1e6 * job_s:.1f}", f"{1e6 * workers_s:.0f}", f"{1e6 * run_s:.1f}",
                   f"{1e6 * waiting_s:.1f}", f"{1e3 * model_s:.3f}", f"{1e3 * step_s:.3f}",
                   f"{100 * (model_s - batch_s) / (step_s - batch_s):.0f}")
    report("", f"Of {worlds} worlds and {receivers:,} receivers, least of three: T = C(N) + N I ((p + r) / cores + w), with p",
           "and r the time that workers and the run itself take of processors for a world-step, messages included, and w",
           "what workers wait at the end of an iteration while others do its last tasks, over the cores.")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("folder")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--with-ray", action="store_true")
    parser.add_argument("--with-sionna", action="store_true")
    options = parser.parse_args()
    os.makedirs(options.folder, exist_ok=True)
    program = os.path.abspath(options.program)
    all_worlds = (1, 8, 32) if options.quick else (1, 4, 8, 16, 32, 64, 256)
    all_receivers = (100, 1000) if options.quick else (100, 1000, 10000, 100000)
    with_device = has_device(program)
    report, cases = Report(), []
    report("# Isolation and batching: which executor to take", "",
           f"`bash bench/isolation_vs_batching.sh {' '.join(sys.argv[2:])}`, {datetime.date.today()}, {CORES} cores "
           f"({platform.machine()}).", "",
           "office_v1, two transmitters, a panel on a wall, depth 2, transmission, the default edges; worlds descend by Adam",
           "for two seconds. *Start*: from the start of the process to the end of the first iteration. *Memory*: resident, of",
           "all processes, what they share counted in each, and batches on devices. *Loss*: the best so far when the slowest executor of the size",
           "has been at it for a second.")
    for receivers in all_receivers:
        report.table(f"{receivers:,} receivers", "worlds", "executor", "start, s", "ms a world-step", "world-steps/s",
                     "p95 of a step, ms", "MB in all", "MB a world", "loss")
        for worlds in all_worlds:
            if worlds * receivers > 4e6:
                continue
            row = []
            for executor in executors(options.with_ray, with_device):
                if worlds > executor.most_worlds or (receivers > 10000 and worlds > 8 and "a world" in executor.name):
                    continue
                told = run(executor.command(program, worlds), f"worlds={worlds}", f"receivers={receivers}", "seconds=2")
                row.append(Case(executor.name, worlds, receivers, told))
            when = max(c.losses[0][0] for c in row) + 1
            for c in row:
                loss = c.loss_at(when)
                report.row(worlds, c.executor, f"{c.start_s:.2f}", f"{1e3 * c.step_s:.3g}", f"{1 / c.step_s:,.0f}",
                           f"{1e3 * c.p95_s:.3g}", f"{c.bytes / 1e6:,.0f}", f"{c.bytes / 1e6 / worlds:.3g}",
                           f"{loss:.2f}")
            cases += row
    if options.with_sionna:
        sionna(report, program)
    model_of(report, program, cases)
    report("", "## Advice", "")
    for receivers in all_receivers:
        for worlds in all_worlds:
            row = [c for c in cases if (c.worlds, c.receivers) == (worlds, receivers)]
            if row:
                report(f"- {advice(row, worlds, receivers)}")
    plots(cases, options.folder)
    with open(os.path.join(options.folder, "isolation.json"), "w") as f:
        json.dump({"context": {"date": str(datetime.date.today()), "num_cpus": CORES, "executable": options.program},
                   "benchmarks": [c.as_benchmark() for c in cases]}, f, indent=1)
    report.write(os.path.join(options.folder, "isolation.md"))


def sionna(report, program):
    """The design that we replace, beside our worker under Ray: the same scene, as many worlds, hard and by default."""
    told = run([sys.executable, os.path.join(HERE, "peers", "ray_sionna_spsa.py"), "--worlds", "8", "--steps", "3"])
    report.table("Ray actors with Sionna RT and SPSA gradients", "what", "worlds", "start, s", "ms a world-step", "MB a world",
                 "theirs over ours: time", "memory")
    their_mb = told["bytes"] / told["worlds"] / 1e6
    report.row("Ray + Sionna RT + SPSA, two maps of 10^6 rays a step", told["worlds"], f"{told['start_s']:.1f}",
               f"{1e3 * told['step_s']:.0f}", f"{their_mb:.0f}", "", "")
    ray = next(e for e in executors(True, False) if "Ray" in e.name)
    for visibility in ("hard", "fresnel"):
        ours = Case("Ray", 8, 1000, run(ray.command(program, 8), "worlds=8", "receivers=1000", "seconds=3",
                                        f"visibility={visibility}"))
        mb = ours.bytes / ours.worlds / 1e6
        report.row(f"Ray, our worker, {visibility}", 8, f"{ours.start_s:.1f}", f"{1e3 * ours.step_s:.3f}", f"{mb:.1f}",
                   f"{told['step_s'] / ours.step_s:,.0f}", f"{their_mb / mb:.1f}")
    report("", "Their visibility is hard, so the row of ours under hard visibility is the one to compare; ours includes the exact",
           "gradient. Start of ours: from the start of the process, Ray itself not counted.")


if __name__ == "__main__":
    sys.exit(main())
