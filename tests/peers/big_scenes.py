"""Paths in cities, ours against Sionna RT's, and the two finders against each other; see big_scenes.sh.

    big_scenes.py FIND_PATHS [FILE]   # FILE: write the tables there as Markdown, too
"""
import datetime
import importlib.metadata
import json
import os
import subprocess
import sys
import tempfile

import numpy as np
import sionna.rt as rt

HERE = os.path.dirname(os.path.abspath(__file__))
OFFICE = os.path.join(HERE, "../../examples/scenes/office_v1/office_v1.xml")
FREQUENCY = 3.5e9
RAYS = 1_000_000
SEED = 42
# transmitter, half side of the square of receivers around it
CITIES = {"etoile": ((-160.0, 70.0, 15.0), 150.0), "munich": ((8.5, 21.0, 27.0), 150.0)}
RECEIVERS = 64


def receivers(tx, half, count=RECEIVERS):
    """Points 1.5 m above the ground around the transmitter, the same in every run."""
    at = np.random.default_rng(SEED).uniform(-half, half, (count, 2))
    return [[round(float(tx[0] + x), 3), round(float(tx[1] + y), 3), 1.5] for x, y in at]


def of_ours(tool, scene, tx, rx, depth, transmission, finder="automatic", rays=RAYS, panel=None):
    request = {"frequency_hz": FREQUENCY, "max_depth": depth, "transmission": transmission, "finder": finder,
               "rays": rays, "tx": list(tx), "rx": rx}
    if panel:
        request["panel"] = panel
    with tempfile.NamedTemporaryFile("w", suffix=".json") as f:
        json.dump(request, f)
        f.flush()
        run = subprocess.run([tool, scene, f.name], capture_output=True, text=True)
    if run.returncode:
        raise RuntimeError(run.stderr.strip())
    return json.loads(run.stdout)


def of_sionna(file, tx, rx, depth, transmission):
    scene = rt.load_scene(file, merge_shapes=False)
    scene.frequency = FREQUENCY
    scene.tx_array = scene.rx_array = rt.PlanarArray(num_rows=1, num_cols=1, pattern="iso", polarization="V")
    scene.add(rt.Transmitter("tx", position=tx))
    for i, p in enumerate(rx):
        scene.add(rt.Receiver(f"rx{i}", position=p))
    paths = rt.PathSolver(deterministic=True)(
        scene, max_depth=depth, los=True, specular_reflection=True, diffuse_reflection=False, refraction=transmission,
        diffraction=False, edge_diffraction=False, synthetic_array=True, samples_per_src=RAYS,
        max_num_paths_per_src=1_000_000, seed=SEED)
    names = {o.object_id: n for n, o in scene.objects.items()}
    a = (paths.a[0].numpy() + 1j * paths.a[1].numpy())[:, 0, :, 0]
    valid, tau, kinds = paths.valid.numpy(), paths.tau.numpy(), paths.interactions.numpy()
    objects, vertices = paths.objects.numpy(), paths.vertices.numpy()
    rows = []
    for r, t, p in np.argwhere(valid):
        n = int(np.count_nonzero(kinds[:, r, t, p]))
        rows.append({"rx": int(r), "types": ["T" if kinds[i, r, t, p] == 4 else "R" for i in range(n)],
                     "objects": [names[int(objects[i, r, t, p])] for i in range(n)],
                     "vertices": [vertices[i, r, t, p].tolist() for i in range(n)],
                     "a": complex(a[r, t, p]), "tau_s": float(tau[r, t, p])})
    return rows


def same(theirs, ours):
    """Sionna RT computes in float and takes the normal of each triangle by itself: up to 2 cm at some hundred metres."""
    return (theirs["rx"] == ours["rx"] and theirs["types"] == ours["types"] and theirs["objects"] == ours["objects"]
            and all(np.linalg.norm(np.subtract(p, q)) < 0.02 for p, q in zip(theirs["vertices"], ours["vertices"])))


def behind_double_walls(theirs, ours):
    """Is it one of our paths with more interactions, but for walls within 1 mm of another one, which they step over?"""
    if len(ours["types"]) <= len(theirs["types"]):
        return False
    kept = list(zip(ours["types"], ours["objects"]))
    i = 0
    for k, interaction in enumerate(kept):
        if i < len(theirs["types"]) and interaction == (theirs["types"][i], theirs["objects"][i]):
            i += 1
        elif interaction[0] != "T" or not any(
                np.linalg.norm(np.subtract(ours["vertices"][k], v)) < 1e-3
                for n, v in enumerate(ours["vertices"]) if n != k):
            return False
    return i == len(theirs["types"]) and theirs["rx"] == ours["rx"] and abs(theirs["tau_s"] - ours["tau_s"]) * 3e8 < 1e-3


def compare(theirs, ours):
    """Paths of theirs that we miss, how many coefficients are off by > 1e-3 of free space, how many of ours are theirs."""
    missed, off, used = [], 0, set()
    for t in theirs:
        match = next((i for i, o in enumerate(ours) if same(t, o)), None)
        if match is None:
            missed.append(t)
            continue
        used.add(match)
        o = ours[match]
        limit = 1e-3 * 299792458 / FREQUENCY / (4 * np.pi * 299792458 * o["tau_s"])
        off += abs(t["a"] - complex(o["a_re"], o["a_im"])) > limit
    return missed, off, len(used)


def key(path):
    return path["rx"], tuple(path["types"]), tuple(path["objects"]), tuple(np.round(np.ravel(path["vertices"]), 4))


def main(tool, file=None):
    lines = []

    def say(line=""):
        print(line, flush=True)
        lines.append(line)

    versions = ", ".join(f"{p} {importlib.metadata.version(p)}" for p in ("sionna-rt", "mitsuba", "drjit"))
    say(f"`tests/peers/big_scenes.sh`, {datetime.date.today()}, {versions}, {FREQUENCY / 1e9:g} GHz, {RECEIVERS} receivers.")
    say()
    say("## Against Sionna RT")
    say()
    say("| scene | depth | transmission | finder | faces | beams | chains | CPU time | memory | their paths | found | "
        "through double walls | missed | coefficient differs | ours besides |")
    say("|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|")
    for name, (tx, half) in CITIES.items():
        scene, rx = getattr(rt.scene, name), receivers(tx, half)
        for depth, transmission in ((1, False), (1, True), (3, False), (3, True)):
            ours = of_ours(tool, scene, tx, rx, depth, transmission)
            theirs = of_sionna(scene, tx, rx, depth, transmission)
            missed, off, used = compare(theirs, ours["paths"])
            deeper = of_ours(tool, scene, tx, rx, depth + 2, True)["paths"] if missed and transmission else []
            double = [p for p in missed if any(behind_double_walls(p, o) for o in deeper)]
            say(f"| {name} | {depth} | {'yes' if transmission else 'no'} | {ours['finder']} | {ours['faces']} | "
                f"{ours['beams']} | {ours['chains']} | {ours['start_s']:.1f} s | {ours['peak_mb']:.0f} MB | {len(theirs)} | "
                f"{len(theirs) - len(missed)} | {len(double)} | {len(missed) - len(double)} | {off} | {len(ours['paths']) - used} |")
    say()
    say("## Rays against all beams")
    say()
    say("| scene | depth | paths of all beams | CPU time | memory | rays | chains | found | CPU time | memory |")
    say("|---|---|---|---|---|---|---|---|---|---|")
    cases = [("office_v1", OFFICE, (15.0, 10.0, 2.5), 3)]
    cases += [(name, getattr(rt.scene, name), tx, depth) for name, (tx, _) in CITIES.items() for depth in (2, 3)]
    for name, scene, tx, depth in cases:
        if name == "office_v1":
            x, y = np.random.default_rng(SEED).uniform((0.3, 0.3), (29.7, 19.7), (1000, 2)).T
            rx = [[round(float(a), 3), round(float(b), 3), 1.2] for a, b in zip(x, y)]
        else:
            rx = receivers(tx, CITIES[name][1])
        beams = of_ours(tool, scene, tx, rx, depth, True, "beams")
        every = {key(p) for p in beams["paths"]}
        for rays in (10_000, 100_000, 1_000_000, 10_000_000):
            shot = of_ours(tool, scene, tx, rx, depth, True, "shooting", rays)
            found = len(every & {key(p) for p in shot["paths"]})
            say(f"| {name} | {depth} | {len(every)} | {beams['start_s']:.1f} s | {beams['peak_mb']:.0f} MB | {rays} | "
                f"{shot['chains']} | {100 * found / len(every):.2f} % | {shot['start_s']:.1f} s | {shot['peak_mb']:.0f} MB |")
    say()
    say("## A panel that moves (1 m, metal, depth 3, transmission, Fresnel weight)")
    say()
    say("| scene | finder | start | first step | step | wave fronts that meet the panel | memory |")
    say("|---|---|---|---|---|---|---|")
    for name, (tx, half) in CITIES.items():
        near = [tx[0] + 6, tx[1] + 4, tx[2] - 1]
        ours = of_ours(tool, getattr(rt.scene, name), tx, receivers(tx, half, 1000), 3, True, panel=near)
        say(f"| {name} | {ours['finder']} | {ours['start_s']:.1f} s | {1e3 * ours['first_step_s']:.0f} ms | "
            f"{1e3 * ours['step_s']:.0f} ms | {ours['panel_paths']} | {ours['peak_mb']:.0f} MB |")
    if file:
        with open(file, "w") as f:
            f.write("\n".join(["# Cities: rays, beams and Sionna RT", ""] + lines) + "\n")


main(*sys.argv[1:])
