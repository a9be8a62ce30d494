"""What isolation must cost, from what was measured without it, and where the time of processes goes."""
import math
import statistics

from isolation_cases import CORES, processes
from isolation_watch import NotRun, run
from report import short

MARGIN = 1.1  # isolation is cheap where all takes at most so many times what batch takes


def cheap_from(start_s, step_s, batch_start_s, batch_step_s, worlds):
    """From how many iterations on all of it, the start included, takes at most MARGIN of what batch takes; None =
    never. A start reaches to the end of the first iteration."""
    gained = worlds * (MARGIN * batch_step_s - step_s)
    if gained <= 0:
        return None
    return 1 + max(0, math.ceil((start_s - MARGIN * batch_start_s) / gained))


def iterations(count):
    return "never" if count is None else f"{count:,}"


class Messages:
    """Seconds that an empty job costs, measured without any search: `each` of many, by jobs a task, and `alone`, there
    and back, with nothing else to do meanwhile."""

    def __init__(self, program):
        least = lambda *options: min(run([program, *options], program, 60)["job_s"] for _ in range(5))
        self.each = {batch: least("jobs=20000", *processes(CORES, "--executor.batch", str(batch))) for batch in (1, 8)}
        self.alone = least("jobs=1", *processes(1))


class Prediction:
    """Start and world-step of a case in processes, in seconds, from serial and batch at its size (`serial`, `batch`),
    the start of one worker (`worker_s`) and messages."""

    def __init__(self, case, serial, batch, worker_s, messages):
        worlds, count = case.worlds, case.executor.batch
        workers, tasks = case.executor.workers(worlds), math.ceil(worlds / count)
        busy = min(workers, tasks, CORES)
        faster = min(serial.step_s / batch.step_s, busy) if busy > 1 else 1
        iteration_s = worlds * serial.step_s / faster
        if tasks <= workers <= CORES:
            iteration_s += messages.alone
        else:
            iteration_s += worlds * messages.each[count]
        if tasks > workers:  # the others wait for the last task, half of its time on average
            iteration_s += (busy - 1) / busy * min(count, worlds) * serial.step_s / 2
        self.step_s = iteration_s / worlds
        self.start_s = batch.start_s + worker_s * max(1, workers / CORES)


def percent(predicted, measured):
    return f"{100 * (predicted / measured - 1):+.0f}"


def predict(report, program, cases):
    """The table of predictions beside measurements; returns them as rows for JSON."""
    try:
        messages = Messages(program)
    except NotRun as why:
        report("", f"No prediction: an empty job {why}.")
        return []
    found = {(c.name, c.worlds, c.receivers): c for c in cases}
    report.table("Processes: predicted and measured", "receivers", "worlds", "executor", "start, s: predicted",
                 "measured", "error, %", "ms a world-step: predicted", "measured", "error, %",
                 "cheap from iteration: predicted", "measured")
    rows = []
    for c in cases:
        size = (c.worlds, c.receivers)
        serial, batch = (found.get((name, *size)) for name in ("serial", "batch"))
        one, none = (found.get((name, 1, c.receivers)) for name in ("a process a core", "batch"))
        if not c.executor.workers or c.executor.launcher or not (serial and batch and one and none):
            continue
        p = Prediction(c, serial, batch, max(0, one.start_s - none.start_s), messages)
        said, seen = (cheap_from(of.start_s, of.step_s, batch.start_s, batch.step_s, c.worlds) for of in (p, c))
        report.row(f"{c.receivers:,}", c.worlds, c.name, f"{p.start_s:.2f}", f"{c.start_s:.2f}",
                   percent(p.start_s, c.start_s), short(1e3 * p.step_s), short(1e3 * c.step_s),
                   percent(p.step_s, c.step_s), iterations(said), iterations(seen))
        rows.append({"name": c.label, "predicted_start_s": p.start_s, "start_s": c.start_s,
                     "predicted_step_s": p.step_s, "step_s": c.step_s, "batch_step_s": batch.step_s,
                     "predicted_cheap_from": said, "cheap_from": seen})
    report.text(f"""*Cheap*: all of it, the start included, takes at most {100 * (MARGIN - 1):.0f} % more than batch
        does; never: the step itself costs more than that. Predicted: T = C + I (N t / k + m + w) with N worlds and I
        iterations. t: a world-step of serial. k: how many times faster batch is, at most as many as workers (1 where
        only one works). m: N times {1e6 * messages.each[1]:.1f} us for empty jobs ({1e6 * messages.each[8]:.1f} us in
        tasks of 8), or once {1e6 * messages.alone:.0f} us there and back where each worker gets one task. w: half of a
        task, in which other workers wait for the last one. C: the start of batch, and for every worker a core what one
        worker takes to start with one world (a process a core, so its own start with one world is no prediction).
        Nothing else of it is measured on the case that is predicted.""")
    report("")
    worlds, receivers = 32, 1000  # of the bar
    for r in rows:
        if r["name"].endswith(f"/worlds:{worlds}/receivers:{receivers}"):
            over, said = (1e6 * (r[key] - r["batch_step_s"]) for key in ("step_s", "predicted_step_s"))
            report.text(f"""{r['name'].split('/')[0]}, {worlds} worlds, {receivers:,} receivers: {over:.0f} us a
                world-step more than batch, {said:.0f} us predicted.""", item=True)
    if rows:
        errors = [abs(r["predicted_step_s"] / r["step_s"] - 1) for r in rows]
        report.text(f"""Error of a world-step over all {len(rows)} rows: {100 * statistics.median(errors):.0f} %
            (median), {100 * max(errors):.0f} % at most.""", item=True)
    return rows


def steady(program, worlds, receivers, options):
    """Of a world-step, in seconds: its time, what the run and its workers take of the processors, and how long workers
    have nothing to do. Sixty iterations after the first twenty, so that all executors are looked at while they do the
    same."""
    first, last = 20, 80
    size = [f"worlds={worlds}", f"receivers={receivers}", "seconds=1000"]
    short, long = (run([program, *size, f"iterations={count}", *options], program, 120) for count in (first, last))
    steps = sorted(long["steps_s"][first:])
    return (steps[len(steps) // 4] / worlds,
            (long["processor_s"] - long["processor_s_first"]) / worlds / (last - 1),
            (long["processor_s_workers"] - short["processor_s_workers"]) / worlds / (last - first),
            float(long["execution"].get("workers_idle_s", 0)) / worlds / last)


def bookkeeping(report, program, cases):
    """Where the time of processes goes: what workers and run take of the processors, and cores that wait for the last
    task of an iteration. Returns rows for JSON."""
    report.table("Bookkeeping: where the time of processes goes", "jobs a task", "batch, ms a world-step",
                 "workers, us of a processor", "the run, us", "waiting, us", "their sum, ms", "processes, ms",
                 "of what they cost more, explained, %")
    sizes = sorted({(c.worlds, c.receivers) for c in cases}, key=lambda s: (abs(s[0] - 32), abs(s[1] - 1000)))
    worlds, receivers = sizes[0]
    ways = {0: ["--executor", "batch"]}
    ways.update({size: processes(CORES, "--executor.batch", str(size)) for size in (1, 8)})
    seen, rows = {size: [] for size in ways}, []
    try:
        for _ in range(3):  # in turn, so that all have the same neighbours
            for size, options in ways.items():
                seen[size].append(steady(program, worlds, receivers, options))
    except NotRun as why:
        report("", f"Not run: {why}.")
        return rows
    least = {size: [min(column) for column in zip(*found)] for size, found in seen.items()}
    batch_s = least.pop(0)[0]
    for size, (step_s, run_s, workers_s, idle_s) in least.items():
        waiting_s = idle_s / CORES
        sum_s = (workers_s + run_s) / CORES + waiting_s
        explained = f"{100 * (sum_s - batch_s) / (step_s - batch_s):.0f}" if step_s > batch_s else ""
        report.row(size, f"{1e3 * batch_s:.3f}", f"{1e6 * workers_s:.0f}", f"{1e6 * run_s:.1f}",
                   f"{1e6 * waiting_s:.1f}", f"{1e3 * sum_s:.3f}", f"{1e3 * step_s:.3f}", explained)
        rows.append({"jobs_a_task": size, "batch_s": batch_s, "workers_s": workers_s, "run_s": run_s,
                     "waiting_s": waiting_s, "sum_s": sum_s, "step_s": step_s})
    report.text(f"""Of {worlds} worlds and {receivers:,} receivers, least of three, measured in the very runs that it
        explains: T = C(N) + N I ((p + r) / cores + w), with p and r the time that workers and the run itself take of
        processors for a world-step, messages included, and w what workers wait at the end of an iteration while others
        do its last tasks, over the cores.""")
    return rows
