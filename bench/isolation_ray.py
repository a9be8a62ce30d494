"""The design that we replace, Ray actors with Sionna RT and SPSA gradients, beside our workers under Ray."""
import os
import sys

from isolation_cases import HERE, MEMORY, Case, a_core, ray
from isolation_watch import NotRun, available_bytes, run
from report import short

THEIRS = "Ray + Sionna RT + SPSA, two maps of 10^6 rays a step"
BYTES_EACH = 400e6  # of theirs, to begin with
RECEIVERS, TIMEOUT_S = 1000, 400


def theirs(program, worlds, steps):
    """A row: seconds and bytes of their design."""
    needed, free = worlds * BYTES_EACH, available_bytes()
    if needed > MEMORY * free:
        raise NotRun(f"would take up to {needed / 1e9:.1f} GB, {free / 1e9:.1f} GB are available")
    script = os.path.join(HERE, "peers", "ray_sionna_spsa.py")
    told = run([sys.executable, script, "--worlds", str(worlds), "--steps", str(steps)], program, TIMEOUT_S)
    keys = ("actors", "bytes", "start_with_ray_s", "start_s", "step_s", "p95_s")
    return {"worlds": worlds, "receivers": RECEIVERS, **{key: told[key] for key in keys}}


def ours(program, worlds, visibility, actors, seconds):
    """The same of our worker, after so long a descent that all actors are there."""
    executor = ray("Ray", actors)
    size = [f"worlds={worlds}", f"receivers={RECEIVERS}", f"seconds={seconds}", f"visibility={visibility}"]
    told = run([*executor.command(program, worlds), *size], program, TIMEOUT_S)
    c = Case(executor, worlds, RECEIVERS, told)
    return {"worlds": worlds, "receivers": RECEIVERS, "actors": c.actors, "bytes": c.bytes,
            "start_with_ray_s": c.with_ray_s, "start_s": c.start_s, "step_s": c.step_s, "p95_s": c.p95_s}


def compare(report, program, all_worlds):
    """The table, for so many worlds and steps of theirs ((worlds, steps), ...); returns its rows."""
    report.table("Ray actors with Sionna RT and SPSA gradients", "what", "worlds", "actors", "start with Ray, s",
                 "without, s", "ms a world-step", "world-steps/s", "p95 of a step, ms", "MB in all", "MB a world",
                 "theirs over ours: time", "memory")
    rows = []
    for worlds, steps in all_worlds:
        them = None
        tries = [(THEIRS, lambda: theirs(program, worlds, steps))]
        ways = [("hard", a_core, 3), ("hard, an actor a world", lambda n: n, 10), ("fresnel", a_core, 3)]
        for name, actors, seconds in ways:
            if actors is a_core or worlds <= 8:
                attempt = lambda v=name.split(",")[0], a=actors, s=seconds: ours(program, worlds, v, a, s)
                tries.append((f"Ray, our worker, {name}", attempt))
        for name, attempt in tries:
            try:
                row = attempt()
            except NotRun as why:
                report.row(name, worlds, f"not run: {why}", *[""] * 9)
                rows.append({"what": name, "worlds": worlds, "error_message": f"not run: {why}"})
                continue
            if name == THEIRS:
                them = row
            elif them:
                row["theirs_over_ours"] = {key: them[key] / row[key] for key in ("step_s", "bytes")}
            ratios = row.get("theirs_over_ours", {})
            report.row(name, worlds, row["actors"], f"{row['start_with_ray_s']:.1f}", f"{row['start_s']:.1f}",
                       short(1e3 * row["step_s"]), short(1 / row["step_s"]), short(1e3 * row["p95_s"]),
                       short(row["bytes"] / 1e6), short(row["bytes"] / 1e6 / worlds),
                       f"{ratios['step_s']:,.0f}" if ratios else "", f"{ratios['bytes']:.1f}" if ratios else "")
            rows.append({"what": name, **row})
    report.text("""Their visibility is hard, so rows of ours under hard visibility are the ones to compare; ours
        includes the exact gradient, and its time is the median of some seconds of descent. Theirs needs an actor for
        every world, which holds its scene; a worker of ours holds nothing of a world, so as many as processors serve
        all; with an actor for every world it is shown, too. *Memory* is counted alike: the launcher, all actors, and
        what these have started, the most at one moment; Ray's own processes (gcs_server, raylet, agents, monitors,
        workers without work) on neither side. *Start*: to the end of the first step of all worlds, from the start of
        the launcher, with Python, imports and `ray.init`, and from when `ray.init` is done. *p95*: theirs of a world's
        own step while all others do theirs, ours of a step of all worlds.""")
    return rows
