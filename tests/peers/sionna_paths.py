"""Our paths against Sionna RT's and against brute force; see sionna_paths.sh.

    sionna_paths.py PATHS [FILE]   # FILE: write the result there as Markdown, too
"""
import datetime
import glob
import importlib.metadata
import json
import os
import platform
import subprocess
import sys
import tempfile

import mitsuba as mi
import numpy as np
import sionna.rt as rt

HERE = os.path.dirname(os.path.abspath(__file__))
DATA = os.path.join(HERE, "../data/sionna")
sys.path.insert(0, DATA)
import generate  # noqa: E402  (made the tables, and makes those of the scenes drawn here)
import random_scenes  # noqa: E402
from brute_force import BruteForce  # noqa: E402
from sionna_gradients import gradient_tables  # noqa: E402

LIGHT = 299792458.0


def scene_file(table, folder):
    """The XML file of a table's scene: one that ships with Sionna RT, or one in the folder."""
    name = table["scene"]
    builtin = name.startswith("builtin:")
    return getattr(rt.scene, name.removeprefix("builtin:")) if builtin else os.path.join(folder, name)


def of_ours(tool, table, folder, more=()):
    """What our driver answers for the scene, devices and options of a table."""
    text = lambda v: ",".join(repr(float(x)) for x in v)
    command = [tool, "--scene", scene_file(table, folder), "--frequency", repr(table["frequency_hz"]),
               "--max-depth", str(table["max_depth"]), "--visibility", "hard", *more]
    command += [] if table["refraction"] else ["--no-transmission"]
    for end in ("tx", "rx"):
        devices = table[end]
        command += [f"--{end}-pattern={devices[0]['pattern']}", f"--{end}-polarization={devices[0]['polarization']}"]
        for d in devices:
            command += [f"--{end}={text(d['position'])}", f"--{end}-orientation={text(d['orientation'])}"]
    for name, pose in table.get("poses", {}).items():
        command.append(f"--pose={name}={text(pose['position'] + pose['orientation'])}")
    run = subprocess.run(command, capture_output=True, text=True)
    if run.returncode:
        raise RuntimeError(run.stderr.strip())
    return json.loads(run.stdout)


def brute_force(table, folder):
    """Over the triangles as Sionna RT places them."""
    scene = rt.load_scene(scene_file(table, folder), merge_shapes=False)
    triangles, objects = [], []
    for name, o in scene.objects.items():
        if name in table.get("poses", {}):
            o.orientation, o.position = table["poses"][name]["orientation"], table["poses"][name]["position"]
        mesh = mi.traverse(o.mi_mesh)
        vertices = np.array(mesh["vertex_positions"], dtype=float).reshape(-1, 3)
        triangles.append(vertices[np.array(mesh["faces"]).reshape(-1, 3)])
        objects += [name] * len(triangles[-1])
    return BruteForce(np.concatenate(triangles), objects, table["max_depth"], table["refraction"])


def corners(table, path):
    return np.array([table["tx"][path["tx"]]["position"], *path["vertices"], table["rx"][path["rx"]]["position"]])


def segments(table, path):
    return np.linalg.norm(np.diff(corners(table, path), axis=0), axis=1)


def shortest(table, path):
    return segments(table, path).min()


def free_space(table, path):
    return LIGHT / table["frequency_hz"] / (4 * np.pi * segments(table, path).sum())


def relative(table, path):
    """|a| over lambda / (4 pi L)."""
    return abs(complex(path["a_re"], path["a_im"])) / free_space(table, path)


def apart(p, q):
    """The largest distance of two paths' vertices, m."""
    return np.linalg.norm(np.subtract(p["vertices"], q["vertices"]), axis=-1).max(initial=0)


def match(left, right):
    """Pairs (l, r) of equal paths, each in one pair at most, and the indices of both sides that stay single."""
    key = lambda p: (p["tx"], p["rx"], p.get("rx_ant", 0), tuple(p["types"]), tuple(p["objects"]))
    waiting = {}
    for i, p in enumerate(right):
        waiting.setdefault(key(p), []).append(i)
    pairs, single = [], []
    for i, p in enumerate(left):
        candidates = waiting.get(key(p), [])
        off = [apart(p, right[j]) for j in candidates]
        if off and min(off) < 1e-3:
            pairs.append((i, candidates.pop(int(np.argmin(off)))))
        else:
            single.append(i)
    return pairs, single, sorted(j for c in waiting.values() for j in c)


class Comparison:
    """One table: theirs, ours and brute force, matched with each other."""

    def __init__(self, tool, name, table, folder):
        self.name, self.table = name, table
        self.ours = of_ours(tool, table, folder)["paths"]
        self.amplitude = self.vertex = self.length = 0.0
        self.off, self.bent = [], []
        # What crosses metal carries nothing; we leave such paths out.
        self.theirs = [p for p in table["paths"] if relative(table, p) > 0]
        self.dead = len(table["paths"]) - len(self.theirs)
        self.missed, self.besides = self.check(self.theirs, self.ours)
        first_port = [p for p in self.ours if p.get("rx_ant", 0) == 0]
        opaque = {n for n, m in table["objects"].items() if table["materials"][m]["itu_type"] == "metal"}
        self.brute = brute_force(table, folder)
        every = self.brute.paths(*([d["position"] for d in table[end]] for end in ("tx", "rx")))
        self.every = [p for p in every if not
                      any(t == "T" and o in opaque for t, o in zip(p["types"], p["objects"]))]
        _, invalid, lacking = match(first_port, self.every)
        self.invalid, self.lacking = [first_port[i] for i in invalid], [self.every[j] for j in lacking]
        self.later = None  # of ours, those that more rays do not find either

    def check(self, theirs, ours):
        """Compares numbers of equal paths; returns the paths that only one side has."""
        pairs, missed, besides = match(theirs, ours)
        for i, j in pairs:
            t, o = theirs[i], ours[j]
            a = abs(complex(t["a_re"], t["a_im"]) - complex(o["a_re"], o["a_im"])) / free_space(self.table, o)
            length = LIGHT * abs(t["tau_s"] - o["tau_s"])
            self.amplitude, self.length = max(self.amplitude, a), max(self.length, length)
            self.vertex = max(self.vertex, apart(t, o))
            if length > max(2e-5, 4e-7 * segments(self.table, o).sum()):  # c tau is a float32 of theirs
                self.off.append(o)
            elif a > 1e-3:
                turned = apart(t, o) / shortest(self.table, o)  # by so much their vertex turns a short segment, rad
                (self.bent if a < turned else self.off).append({**o, "difference": a, "turned": turned})
        return [theirs[i] for i in missed], [ours[j] for j in besides]

    def valid(self, path):
        return not any(path is p for p in self.invalid)

    def row(self):
        t = self.table
        cells = [self.name, t["max_depth"], "yes" if t["refraction"] else "no", len(self.theirs),
                 len(self.theirs) - len(self.missed), len(self.off) + len(self.bent), f"{self.amplitude:.1e}",
                 f"{self.vertex:.1e}", f"{self.length:.1e}", len(self.ours), len(self.besides), len(self.every),
                 len(self.lacking), len(self.invalid)]
        return "| " + " | ".join(map(str, cells)) + " |"

    def listing(self):
        """Every path of ours that they lack."""
        lines = []
        for p in sorted(self.besides, key=lambda p: shortest(self.table, p)):
            chain = " ".join(f"{t} {o}" for t, o in zip(p["types"], p["objects"])) or "line of sight"
            more = "" if self.later is None else "no" if any(p is q for q in self.later) else "yes"
            port = f".{p['rx_ant']}" if "rx_ant" in p else ""
            lines.append(f"| {self.name} | {p['tx']} | {p['rx']}{port} | {chain} | {shortest(self.table, p):.4f} m | "
                         f"{self.brute.edge_distance(p):.4f} m | {relative(self.table, p):.1e} | "
                         f"{'yes' if self.valid(p) else 'NO'} | {more} |")
        return lines

    def good(self):
        return not (self.missed or self.off or self.lacking or self.invalid)


LEGEND = """
A path is found when we have one with the same transmitter, receiver, port, types, objects and vertices (1 mm). `off`
counts those found with |a - a_ref| > 1e-3 lambda / (4 pi L), or c tau off by more than 2e-5 m (4e-7 L where L is over
50 m: float32); `a`, `vertex` and `length` are the largest differences, in lambda / (4 pi L), m and m. `all` counts the
paths of a brute force in double precision: the image method over every chain of triangles, every segment against every
triangle; `we lack` and `not in all` compare it with ours. Each port of a receiver has rows of its own except in the
brute force.

Sionna RT finds candidates with 10^6 random rays per transmitter, which reflect or pass by chance according to their
powers, and drops paths with a segment under 1 cm. Where it lacks longer ones in a scene drawn at random, it tries again
with 4 x 10^6. A point of reflection on an edge of its face (0.0000 m) is in or out by rounding.
"""
HEAD = ["| scene | depth | transmission | theirs | found | off | a | vertex | length | ours | they lack | all "
        "| we lack | not in all |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|---|---|"]
LACKING = ["| scene | tx | rx | path | shortest segment | nearest edge | abs(a) 4 pi L / lambda | in the brute force | "
           "found with more rays |",
           "|---|---|---|---|---|---|---|---|---|"]


def main(tool, file=None):
    lines = []

    def say(*new):
        print(*new, sep="\n", flush=True)
        lines.extend(new)

    def table(cases, more_rays=None):
        """cases: (name, table, folder); more_rays(name) gives their table made with more rays."""
        say(*HEAD)
        done = []
        for name, theirs, folder in cases:
            done.append(Comparison(tool, name, theirs, folder))
            say(done[-1].row())
            if more_rays and any(shortest(theirs, p) > 0.0101 for p in done[-1].besides):
                _, done[-1].later = done[-1].check(more_rays(name)["paths"], done[-1].ours)
        say("", "Paths that Sionna RT lacks:", "", *LACKING, *(line for c in done for line in c.listing()), "")
        for c in done:
            for p in c.bent:
                say(f"- {c.name}: {' '.join(p['objects'])} from {p['tx']} to {p['rx']}, port {p.get('rx_ant', 0)}: "
                    f"a differs by {p['difference']:.1e}; their vertices turn its segment of "
                    f"{shortest(c.table, p):.4f} m by {p['turned']:.1e} rad.")
            if c.dead:
                say(f"- {c.name}: {c.dead} more paths of theirs have a = 0: they cross metal.")
            for what in ("missed", "off", "lacking", "invalid"):
                for p in getattr(c, what):
                    say(f"- {c.name}: {what}: `{json.dumps(p)}`")
        say("")
        return all(c.good() for c in done)

    def load(path):
        with open(path) as f:
            return json.load(f)

    versions = ", ".join(f"{p} {importlib.metadata.version(p)}" for p in ("sionna-rt", "mitsuba", "drjit", "numpy"))
    say("# Paths and gradients: ours against Sionna RT", "",
        f"`tests/peers/sionna_paths.sh`, {datetime.date.today()}, {versions}, LLVM backend,",
        f"on {os.cpu_count()} cores of {platform.machine()}, no GPU.", *LEGEND.splitlines(), "",
        "## Tables of tests/data/sionna", "")
    tables = [(os.path.splitext(os.path.basename(f))[0], f) for f in sorted(glob.glob(os.path.join(DATA, "*.json")))]
    tables = [(name, load(f), DATA) for name, f in tables]
    good = table([(n, t, d) for n, t, d in tables if "paths" in t and not t["diffraction"]])

    say("## Scenes drawn at random", "", random_scenes.__doc__.strip(), "")
    with tempfile.TemporaryDirectory() as folder:
        cases = random_scenes.write(folder)

        def made(name, **more):
            generate.paths_case(name, {**cases[name], **more}, folder)
            return name, load(os.path.join(folder, name + ".json")), folder

        good &= table([made(name) for name in cases], lambda name: made(name, samples=4 * generate.SAMPLES)[1])

    report, same = gradient_tables(lambda table, name: of_ours(tool, table, DATA, ["--gradient", name]))
    say("## Gradients", "", *report)
    if file:
        with open(file, "w") as f:
            f.write("\n".join(lines) + "\n")
    return 0 if good and same else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
