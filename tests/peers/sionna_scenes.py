"""Compares scenes as Sionna RT loads them with what our loader makes of them; see sionna_scenes.sh.

    sionna_scenes.py DUMP_SCENE [FILE]   # FILE: write the table there as Markdown, too
"""
import datetime
import glob
import importlib.metadata
import json
import os
import subprocess
import sys
import tempfile

import mitsuba as mi
import numpy as np
import sionna.rt as rt

HERE = os.path.dirname(os.path.abspath(__file__))
FREQUENCY = 3.5e9


def triangles(mesh):
    """Corners [triangle][3][3]; a rectangle of Mitsuba's is no mesh, but a square from -1 to 1 and where it goes."""
    if "faces" in mesh:
        vertices = np.array(mesh["vertex_positions"], dtype=np.float64).reshape(-1, 3)
        return vertices[np.array(mesh["faces"]).reshape(-1, 3)]
    square = np.array([[-1, -1, 0, 1], [1, -1, 0, 1], [1, 1, 0, 1], [-1, 1, 0, 1]])
    to_world = np.array(mesh["to_world"].matrix, dtype=np.float64).reshape(4, 4)
    return (square @ to_world.T)[[[0, 1, 2], [0, 2, 3]], :3]


def of_sionna(file):
    scene = rt.load_scene(file, merge_shapes=False)
    scene.frequency = FREQUENCY
    objects = {}
    for name, o in scene.objects.items():
        mesh, m = mi.traverse(o.mi_mesh), o.radio_material
        objects[name] = {"centroids": triangles(mesh).mean(axis=1), "material": m.name,
                         "itu_type": getattr(m, "itu_type", ""), "eps_r": m.relative_permittivity[0],
                         "sigma": m.conductivity[0], "thickness": m.thickness[0],
                         "scattering": m.scattering_coefficient[0]}
    return objects


def of_ours(tool, file):
    run = subprocess.run([tool, file, str(FREQUENCY)], capture_output=True, text=True)
    if run.returncode:
        raise RuntimeError(run.stderr.strip())
    return json.loads(run.stdout)


def differences(theirs, ours):
    """What differs, in words; an empty list when the scenes are the same."""
    found = [f"{n}: only in Sionna RT" for n in theirs.keys() - ours.keys()]
    found += [f"{n}: only in ours" for n in ours.keys() - theirs.keys()]
    for name in theirs.keys() & ours.keys():
        t, o = theirs[name], ours[name]
        for key in ("material", "itu_type"):
            if t[key] != o[key]:
                found.append(f"{name}: {key} {t[key]} / {o[key]}")
        for key in ("eps_r", "sigma", "thickness", "scattering"):
            if abs(t[key] - o[key]) > 1e-6 * abs(t[key]):
                found.append(f"{name}: {key} {t[key]} / {o[key]}")
        index = np.array(o["index"])
        if index.max() >= len(t["centroids"]):
            found.append(f"{name}: {len(t['centroids'])} triangles, but ours has number {index.max()}")
            continue
        theirs_here = t["centroids"][index]
        off = np.abs(theirs_here - np.array(o["centroids"])).max()
        if off > 1e-6 * max(1, np.abs(theirs_here).max()):  # float32 against double
            found.append(f"{name}: a triangle is {off:g} m off")
    return found


def compare(tool, file):
    """One row of the table, and what differs."""
    try:
        ours = of_ours(tool, file)
        theirs = of_sionna(file)
    except Exception as error:  # the row says so, the other scenes are still compared
        return ["-"] * 4, [str(error)]
    dropped = sum(len(theirs[n]["centroids"]) - len(o["index"]) for n, o in ours["objects"].items() if n in theirs)
    total = sum(len(o["centroids"]) for o in theirs.values())
    others = [w for w in ours["warnings"] if "which have no area" not in w]
    announced = sum(int(w.split("dropped ")[1].split()[0]) for w in ours["warnings"] if "which have no area" in w)
    found = differences(theirs, ours["objects"]) + others
    if announced != dropped:
        found.append(f"{dropped} triangles fewer, but {announced} announced")
    materials = {o["material"] for o in theirs.values()}
    return [len(theirs), total, dropped, len(materials)], found


def main():
    tool, out = os.path.abspath(sys.argv[1]), sys.argv[2:]
    builtin = sorted(glob.glob(os.path.join(os.path.dirname(rt.__file__), "scenes", "*", "*.xml")))
    own = sorted(glob.glob(os.path.join(HERE, "../../examples/scenes/**/*.xml"), recursive=True))
    tests = sorted(glob.glob(os.path.join(HERE, "../data/sionna/*/*.xml"))) + [os.path.join(HERE, "transforms.xml")]
    lines = ["| scene | from | objects | triangles | of them without area | materials | result |",
             "|---|---|---|---|---|---|---|"]
    failures = []
    for group, files in (("Sionna RT", builtin), ("examples", own), ("tests", tests)):
        for file in files:
            name = os.path.splitext(os.path.basename(file))[0]
            row, found = compare(tool, file)
            failures += [f"{name}: {f}" for f in found]
            cells = [name, group, *row, "same" if not found else f"differences: {len(found)}"]
            lines.append("| " + " | ".join(map(str, cells)) + " |")
            print(lines[-1], flush=True)
    print("\n".join(failures[:50]))
    if out:
        versions = ", ".join(f"{p} {importlib.metadata.version(p)}" for p in ("sionna-rt", "mitsuba", "drjit", "numpy"))
        head = ["# Scenes: our loader against Sionna RT", "",
                f"`tests/peers/sionna_scenes.sh`, {datetime.date.today()}, {versions}, {FREQUENCY / 1e9:g} GHz.", "",
                "The same: object names; every triangle at its place in the file's order (centroids within 1e-6 of the",
                "coordinates); name, ITU type, permittivity, conductivity, thickness and scattering coefficient of every",
                "material (1e-6 relative). Triangles without area are counted by Sionna RT; we drop them with a warning and",
                "keep the numbers of the others.", ""]
        with tempfile.NamedTemporaryFile("w", dir=os.path.dirname(os.path.abspath(out[0])), delete=False) as f:
            f.write("\n".join(head + lines + [f"- {x}" for x in failures]) + "\n")
        os.replace(f.name, out[0])
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
