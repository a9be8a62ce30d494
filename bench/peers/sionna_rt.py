"""One step of ours against Sionna RT's map and paths, and our exact map against theirs; see sionna_rt.sh.

    sionna_rt.py OFFICE_STEP [FILE [quick]]

FILE: write the result there as Markdown, too; what stands in it from the line "## Remarks" on is kept.
"""
import importlib.metadata
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

import mitsuba as mi
import numpy as np
import sionna.rt as rt

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
from machine import heading
from report import Report

SCENE = os.path.join(HERE, "../../examples/scenes/office_v1/office_v1.xml")
FREQUENCY, DEPTH, CELLS, SIZE, HEIGHT = 3.5e9, 3, 32, (30.0, 20.0), 1.2
TRANSMITTERS = ((8.1, 10.2, 2.7), (4.0, 4.72, 2.7))
MOVER, POSE = "Reflector", (21.0, 10.2, 1.5, -1.3, 0.05, 0.0)
MAP_BAR, PATHS_BAR = 1000, 10000


class Ours:
    """Our program, run once for each request."""

    def __init__(self, tool):
        self.tool = tool

    def __call__(self, transmission, visibility="hard", steps=0, points=1, gains=False, paths=False):
        request = dict(frequency_hz=FREQUENCY, max_depth=DEPTH, transmission=transmission, visibility=visibility,
                       transmitters=TRANSMITTERS, mover=MOVER, pose=POSE, size=SIZE, height=HEIGHT, cells=CELLS,
                       points=points, steps=steps, gains=gains, paths=paths)
        with tempfile.NamedTemporaryFile("w", suffix=".json") as f:
            json.dump(request, f)
            f.flush()
            run = subprocess.run([self.tool, SCENE, f.name], capture_output=True, text=True)
        if run.returncode:
            raise RuntimeError(run.stderr.strip())
        return json.loads(run.stdout)

    def step(self, transmission, visibility):
        """Seconds of a step with gradient on all cores, of one on one core, and of the start."""
        run = self(transmission, visibility, steps=200)
        return run["step_s"], run["one_thread_step_s"], run["start_s"]

    def map(self, transmission, points):
        """Gain by transmitter and cell: the mean over points x points places of the cell."""
        return np.reshape(self(transmission, points=points, gains=True)["gains"], (len(TRANSMITTERS), CELLS * CELLS))


class Theirs:
    """The same scene, transmitters, panel and receivers in Sionna RT."""

    def __init__(self):
        self.scene = rt.load_scene(SCENE, merge_shapes=False)
        self.scene.frequency = FREQUENCY
        one = rt.PlanarArray(num_rows=1, num_cols=1, pattern="iso", polarization="V")
        self.scene.tx_array = self.scene.rx_array = one
        for i, p in enumerate(TRANSMITTERS):
            self.scene.add(rt.Transmitter(f"tx{i}", position=p))
        for i in range(CELLS * CELLS):
            x, y = ((k + 0.5) * s / CELLS for k, s in zip((i % CELLS, i // CELLS), SIZE))
            self.scene.add(rt.Receiver(f"rx{i}", position=(x, y, HEIGHT)))
        mover = self.scene.get(MOVER)
        mover.orientation, mover.position = POSE[3:], POSE[:3]
        self.names = {o.object_id: n for n, o in self.scene.objects.items()}
        self.map_solver, self.path_solver = rt.RadioMapSolver(), rt.PathSolver()

    def map(self, transmission, samples):
        """Seconds, and gain by transmitter and cell."""
        start = time.perf_counter()
        result = self.map_solver(self.scene, center=(SIZE[0] / 2, SIZE[1] / 2, HEIGHT), size=SIZE,
                                 orientation=(0, 0, 0), cell_size=(SIZE[0] / CELLS, SIZE[1] / CELLS),
                                 samples_per_tx=samples, max_depth=DEPTH, refraction=transmission)
        gain = result.path_gain.numpy().astype(float)
        return time.perf_counter() - start, gain.reshape(len(TRANSMITTERS), -1)

    def solve(self, transmission, samples, table):
        """Seconds, and the paths as their solver leaves them. `table` is max_num_paths_per_src: candidates that it may
        keep, and the size of the hash table that tells them apart; those that fall on the same entry are lost."""
        start = time.perf_counter()
        paths = self.path_solver(self.scene, samples_per_src=samples, max_num_paths_per_src=table,
                                 max_depth=DEPTH, refraction=transmission)
        paths.valid.numpy(), paths.a[0].numpy(), paths.tau.numpy()
        return time.perf_counter() - start, paths

    def rows(self, paths):
        """As office_step writes them."""
        a = (paths.a[0].numpy() + 1j * paths.a[1].numpy())[:, 0, :, 0]
        kinds, objects, vertices = paths.interactions.numpy(), paths.objects.numpy(), paths.vertices.numpy()
        rows = []
        for r, t, p in np.argwhere(paths.valid.numpy()):
            n = int(np.count_nonzero(kinds[:, r, t, p]))
            rows.append({"tx": int(t), "rx": int(r), "types": ["T" if k == 4 else "R" for k in kinds[:n, r, t, p]],
                         "objects": [self.names[int(o)] for o in objects[:n, r, t, p]],
                         "vertices": vertices[:n, r, t, p].tolist(), "power": abs(a[r, t, p]) ** 2})
        return rows

    def walls_in_cells(self):
        """By cell: does any triangle cross it at the height of the map? The edge of a cell belongs to it."""
        lo = np.array([[(i % CELLS) / CELLS * SIZE[0], (i // CELLS) / CELLS * SIZE[1]] for i in range(CELLS * CELLS)])
        hi = lo + np.array(SIZE) / CELLS
        cut = np.zeros(len(lo), bool)
        for o in self.scene.objects.values():
            mesh = mi.traverse(o.mi_mesh)
            corners = np.array(mesh["vertex_positions"], dtype=float).reshape(-1, 3)
            for triangle in corners[np.array(mesh["faces"]).reshape(-1, 3)]:
                ends = [p + (HEIGHT - p[2]) / (q[2] - p[2]) * (q - p)
                        for p, q in zip(triangle, np.roll(triangle, 1, axis=0))
                        if (p[2] - HEIGHT) * (q[2] - HEIGHT) < 0]
                if len(ends) == 2:
                    p, step = ends[0][:2], ends[1][:2] - ends[0][:2]
                    with np.errstate(divide="ignore", invalid="ignore"):
                        near, far = (lo - 1e-6 - p) / step, (hi + 1e-6 - p) / step
                    enter, leave = np.nanmax(np.fmin(near, far), axis=1), np.nanmin(np.fmax(near, far), axis=1)
                    cut |= np.maximum(enter, 0) <= np.minimum(leave, 1)
        return cut


def found(theirs, ours):
    """By path of the second list: is it in the first one? Vertices within 2 cm, since Sionna RT computes in float."""
    key = lambda p: (p["tx"], p["rx"], tuple(p["types"]), tuple(p["objects"]))
    waiting = {}
    for t in theirs:
        waiting.setdefault(key(t), []).append(t["vertices"])
    near = lambda p, q: not p or np.linalg.norm(np.subtract(p, q), axis=1).max() < 0.02
    return np.array([any(near(o["vertices"], v) for v in waiting.get(key(o), ())) for o in ours])


def ends(path):
    return path["tx"], path["rx"]


def yes(flag):
    return "on" if flag else "off"


def speed(say, ours, theirs, path_calls):
    """Times in turn. Returns, by transmission and name of the call, its time, our hard step then, and the paths."""
    say("", "## One step of ours, gradient included, against their forward call", "",
        "In turn: our step under hard visibility, ours under the default (Fresnel weight, 2 x 2 tiles), their call.",
        "First calls compile kernels; ratios are to the median of later calls, or to the first where there is one.",
        "The bars are for 10^6 rays of the map and 10^5 of the paths, and for equal cores: their call takes all, and",
        "so does our step; the ratio beside is to our step on one. `table`: their max_num_paths_per_src, 10^6 by",
        "default.")
    say.table(None, "transmission", "theirs", "calls", "first, s", "later, s", "our hard step, ms", "one thread, ms",
              "**ratio**", "bar", "ours on one thread", "our Fresnel step, ms", "one thread, ms", "ratio",
              "ours on one thread")
    solved, starts = {}, {False: [], True: []}
    for transmission in (False, True):
        calls = [("map, 10^6 rays", lambda: theirs.map(transmission, 10**6), 7, MAP_BAR)]
        for rays, table, times in path_calls:
            bar = PATHS_BAR if (rays, table) == (5, 6) else None
            calls.append((f"paths, 10^{rays} rays, table 10^{table}",
                          lambda rays=rays, table=table: theirs.solve(transmission, 10**rays, 10**table), times, bar))
        for name, call, times, bar in calls:
            hard, fresnel, took = [], [], []
            for _ in range(times):
                *steps, start = ours.step(transmission, "hard")
                hard.append(steps)
                starts[transmission].append(start)
                fresnel.append(ours.step(transmission, "fresnel")[:2])
                seconds, answer = call()
                took.append(seconds)
            later = statistics.median(took[1:] or took)
            (h, h_one), (f, f_one) = ([statistics.median(x) for x in zip(*steps)] for steps in (hard, fresnel))
            if name.startswith("paths"):
                solved[transmission, name] = later, h, theirs.rows(answer)
            verdict = f">= {bar:,}: {'holds' if later / h >= bar else '**missed**'}" if bar else ""
            say.row(yes(transmission), name, times, f"{took[0]:.2f}", f"{later:.2f}" if times > 1 else "",
                    f"{1e3 * h:.2f}", f"{1e3 * h_one:.2f}", f"**{later / h:,.0f}**", verdict, f"{later / h_one:,.0f}",
                    f"{1e3 * f:.2f}", f"{1e3 * f_one:.2f}", f"{later / f:,.0f}", f"{later / f_one:,.0f}")
    say("", "Before the first step we find the paths that no panel touches, once for all worlds and steps: "
        + ", ".join(f"{statistics.median(s):.2f} s with transmission {yes(t)}" for t, s in starts.items()) + ".")
    return solved


def fastest_setting(transmission, settings):
    """Of (seconds, our step, name, share of our paths found): the fastest that reaches our recall, or comes nearest."""
    most = max(share for *_, share in settings)
    reached = [s for s in settings if s[3] == 1] or [s for s in settings if s[3] > most - 0.001]
    seconds, step, name, share = min(reached)
    near = f"comes nearest to our recall ({100 * share:.2f} %; none reaches it)"
    which = "reaches our recall" if share == 1 else near
    return (f"- Transmission {yes(transmission)}: the fastest of these settings that {which}: {name}, {seconds:.1f} s, "
            f"{seconds / step:,.0f} of our hard steps.")


def recall(say, ours, solved):
    say("", "## Which of our paths they find", "",
        f"Paths of {len(TRANSMITTERS)} transmitters to {CELLS * CELLS} cell centres with the panel at one place, hard.",
        "A path is found when they have one of the same objects and interactions with vertices within 2 cm. `gain`:",
        "share of the summed gain of a receiver's paths that the found ones carry; its median, and the value that 95 %",
        "of the receivers reach.")
    say.table(None, "transmission", "theirs", "s", "over our hard step", "their paths", "not ours", "our paths",
              "of these found", "gain, median", "gain, 95 % of receivers")
    fastest = []
    for transmission in (False, True):
        all_of_ours = ours(transmission, paths=True)["paths"]
        power = np.array([p["a_re"] ** 2 + p["a_im"] ** 2 for p in all_of_ours])
        at = {c: i for i, c in enumerate(sorted({ends(p) for p in all_of_ours}))}
        where = np.array([at[ends(p)] for p in all_of_ours])
        settings = []
        for (of, name), (seconds, step, rows) in solved.items():
            if of != transmission:
                continue
            hit = found(rows, all_of_ours)
            every, got = np.bincount(where, power), np.bincount(where, power * hit)
            share = got[every > 0] / every[every > 0]
            settings.append((seconds, step, name.removeprefix("paths, "), hit.mean()))
            say.row(yes(transmission), settings[-1][2], f"{seconds:.1f}", f"{seconds / step:,.0f}", len(rows),
                    int((~found(all_of_ours, rows)).sum()), len(all_of_ours), f"{100 * hit.mean():.2f} %",
                    f"{100 * np.median(share):.2f} %", f"{100 * np.quantile(share, 0.05):.2f} %")
        fastest.append(fastest_setting(transmission, settings))
    say("", *fastest)


def difference(one, other, cells):
    """The first over the second in dB where both have power, those with the most power first; numbers of cells where
    only the first, only the second has."""
    one, other = one[:, cells].ravel(), other[:, cells].ravel()
    one, other = (x[np.argsort(-other)] for x in (one, other))
    both = (one > 0) & (other > 0)
    only = lambda p, q: int(np.sum((p > 0) & ~(q > 0)))
    return 10 * np.log10(one[both] / other[both]), only(one, other), only(other, one)


def maps(say, ours, theirs, largest, points):
    cells = ~theirs.walls_in_cells()
    say("", "## Our exact map against theirs as their rays grow", "",
        f"Theirs is a mean over a cell of {SIZE[0] / CELLS:.2f} x {SIZE[1] / CELLS:.2f} m, so ours is the mean linear",
        f"gain at many points of a cell. Compared are the {cells.sum()} of {CELLS * CELLS} cells that no wall or other",
        "surface crosses at that height, for each transmitter, where both have power; the last columns count the cells",
        "where one has. Difference: theirs over ours, dB; spread: its standard deviation. The stronger half are the",
        "cells with the most power. What falls as 1/sqrt(rays) falls by 3.16 a row.")
    columns = ("cells", "mean", "spread", "stronger half: mean", "spread", "falls by", "median of abs", "theirs only",
               "ours only")
    for transmission in (False, True):
        exact = {n: ours.map(transmission, n) for n in points}

        def row(*name, gain, points):
            d, theirs_only, ours_only = difference(gain, exact[points], cells)
            strong = d[:len(d) // 2]
            spread = strong.std()
            say.row(*name, len(d), f"{d.mean():+.4f}", f"{d.std():.4f}", f"{strong.mean():+.4f}", f"{spread:.4f}",
                    f"{row.last / spread:.2f}" if row.last else "", f"{np.median(np.abs(d)):.4f}", theirs_only,
                    ours_only)
            row.last = spread

        row.last = None
        say.table(None, f"transmission {yes(transmission)}: their rays", "s", *columns)
        for power in range(4, largest + 1):
            seconds, gain = theirs.map(transmission, 10**power)
            row(f"10^{power}", f"{seconds:.2f}", gain=gain, points=max(exact))
        say("", f"(ours: {max(exact)} x {max(exact)} points of a cell)")
        row.last = None
        say.table(None, f"transmission {yes(transmission)}: our points", *columns)
        for n in exact:
            row(f"{n} x {n}", gain=gain, points=n)
        say("", f"(theirs: 10^{largest} rays)")


def main(tool, file=None, quick=""):
    say = Report()
    versions = ", ".join(f"{p} {importlib.metadata.version(p)}" for p in ("sionna-rt", "mitsuba", "drjit"))
    compiler = subprocess.run([os.environ.get("CXX", "g++"), "-dumpfullversion"], capture_output=True,
                              text=True).stdout.strip()
    ours, theirs = Ours(tool), Theirs()
    command = f"nice -n -10 bench/peers/sionna_rt.sh docs/results/sionna-speed.md{' quick' if quick else ''}"
    say("# Speed: one step of ours against Sionna RT", "",
        *heading(command), f"Theirs: {versions} (LLVM); ours by g++ {compiler}. Both use all cores.", "",
        f"office_v1 (1,312 triangles), {len(TRANSMITTERS)} transmitters, {CELLS} x {CELLS} cells over the floor at",
        f"{HEIGHT} m, {FREQUENCY / 1e9:g} GHz, depth {DEPTH}, isotropic antennas, the panel at the same pose; our",
        "receivers stand at the centres of the cells. Our panel walks 2 cm and turns 0.3 degrees a step; median of 200",
        "steps a turn, median of turns.")
    # powers of ten of rays and table, and how many calls
    path_calls = [(4, 6, 3), (5, 6, 3), (5, 7, 1)] + ([] if quick else [(6, 6, 1), (6, 7, 1)])
    recall(say, ours, speed(say, ours, theirs, path_calls))
    maps(say, ours, theirs, 7 if quick else 8, (1, 2, 4, 8, 16) if quick else (1, 2, 4, 8, 16, 32))
    if file:
        say.write(file)


main(*sys.argv[1:])
