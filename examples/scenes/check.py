#!/usr/bin/env python3
"""Checks the geometry of the generated scenes (axis-aligned sheets; a Reflector that is turned is only counted).

    python3 check.py    # prints one line a scene, or every fault and exit code 1

No degenerate triangles; no two sheets in one plane, or closer than 5 mm, over the same area; triangle count in range;
every room of office_v1 reached on foot through doorways; devices clear of walls, furniture and mount-wall openings.
"""
import json
import sys
import xml.etree.ElementTree as xml
from itertools import combinations
from pathlib import Path

HERE = Path(__file__).resolve().parent


def read_ply(path):
    """Triangles of an ASCII PLY as tuples of three points."""
    head, body = path.read_text().split("end_header\n")
    vertices, faces = (int(head.split(f"element {e} ")[1].split()[0]) for e in ("vertex", "face"))
    lines = body.splitlines()
    points = [tuple(map(float, line.split())) for line in lines[:vertices]]
    return [tuple(points[int(i)] for i in line.split()[1:]) for line in lines[vertices:vertices + faces]]


def read_scene(path):
    """{object: triangles}, and the names of those that are turned: of to_world only a translation is applied."""
    objects, turned = {}, set()
    for shape in xml.parse(path).getroot().iter("shape"):
        name = shape.get("id").removeprefix("mesh-")
        if shape.find("transform/rotate") is not None:
            turned.add(name)
        move = shape.find("transform/translate")
        shift = [float(move.get(a, 0)) if move is not None else 0.0 for a in "xyz"]
        mesh = path.parent / shape.find("string[@name='filename']").get("value")
        objects[name] = [tuple(tuple(c + s for c, s in zip(p, shift)) for p in t) for t in read_ply(mesh)]
    return objects, turned


def box(triangle):
    return [(min(p[i] for p in triangle), max(p[i] for p in triangle)) for i in range(3)]


def area(polygon):
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(polygon, polygon[1:] + polygon[:1])) / 2


def overlap(first, second):
    """Area common to two plane triangles: the first clipped by the edges of the second."""
    second = second if area(second) > 0 else second[::-1]
    for a, b in zip(second, second[1:] + second[:1]):
        side = [(b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0]) for p in first]
        clipped = []
        for i, p in enumerate(first):
            q, s, t = first[i - 1], side[i - 1], side[i]
            if s * t < 0:
                clipped.append(tuple(q[k] + (p[k] - q[k]) * s / (s - t) for k in (0, 1)))
            if t >= 0:
                clipped.append(p)
        first = clipped
        if not first:
            return 0.0
    return abs(area(first))


def sheet_faults(objects):
    """Degenerate triangles, and pairs of triangles that lie on each other."""
    planes = {0: [], 1: [], 2: []}
    for name, triangles in objects.items():
        for triangle in triangles:
            flat = [i for i, (low, high) in enumerate(box(triangle)) if low == high]
            drop = [[c for i, c in enumerate(p) if i != flat[0]] for p in triangle] if len(flat) == 1 else None
            if drop is None or abs(area(drop)) < 1e-6:
                yield f"{name}: degenerate or slanted triangle {triangle}"
            else:
                planes[flat[0]].append((triangle[0][flat[0]], name, drop))
    for sheets in planes.values():
        for (at, name, one), (there, other, two) in combinations(sheets, 2):
            if abs(at - there) < 0.005 and overlap(one, two) > 1e-6:
                yield f"{name} and {other} lie on each other at {at:g}"


def unreached_rooms(objects, places, start, step=0.1, height=1.0):
    """Rooms of which less than half the floor is reached from `start` by steps that cross no sheet."""
    stops = set()
    for triangles in objects.values():
        for x, y, z in map(box, triangles):
            if z[0] <= height <= z[1] and z[0] < z[1]:
                axis, run = (0, y) if x[0] == x[1] else (1, x)
                at = round((x, y)[axis][0] / step)
                stops |= {(axis, at, i) for i in range(round(run[0] / step), round(run[1] / step))}
    reached = todo = {(int(start[0] / step), int(start[1] / step))}
    while todo:
        ahead = {((i + 1, j), (0, i + 1, j)) for i, j in todo} | {((i - 1, j), (0, i, j)) for i, j in todo} | \
                {((i, j + 1), (1, j + 1, i)) for i, j in todo} | {((i, j - 1), (1, j, i)) for i, j in todo}
        todo = {cell for cell, edge in ahead if edge not in stops} - reached
        reached = reached | todo
    for name, room in places["rooms"].items():
        x0, y0, x1, y1 = (round(c / step) for c in room)
        if sum((i, j) in reached for i in range(x0, x1) for j in range(y0, y1)) < (x1 - x0) * (y1 - y0) / 2:
            yield f"{name} is not reached on foot"


def device_faults(objects, places, near=0.04):
    """Transmitters and target receivers nearer than `near` to a sheet or inside a metal box."""
    points = dict(places["transmitters"])
    for name, problem in places["problems"].items():
        cell = problem["spacing_m"]
        for room, (x0, y0, x1, y1) in problem["targets"].items():
            points |= {f"{name} {room} {i} {j}": (x0 + (i + 0.5) * cell, y0 + (j + 0.5) * cell,
                                                  places["receiver_height_m"])
                       for i in range(int((x1 - x0) / cell + 1e-6)) for j in range(int((y1 - y0) / cell + 1e-6))}
    sheets = [(name, box(t)) for name, triangles in objects.items() for t in triangles]
    boxes = [(name, [box(sum(triangles[i:i + 10], ())) for i in range(0, len(triangles), 10)])
             for name, triangles in objects.items() if name.startswith(("cabinets", "lift_car"))]
    for label, p in points.items():
        for name, sides in sheets:
            if sum(max(low - c, c - high, 0) ** 2 for c, (low, high) in zip(p, sides)) < near ** 2:
                yield f"{label} touches {name}"
        for name, parts in boxes:
            if any(all(low <= c <= high for c, (low, high) in zip(p, part)) for part in parts):
                yield f"{label} is inside {name}"


def main():
    faults = []
    for name, least, most in (("office_v1", 1000, 3000), ("two_rooms", 10, 50)):
        objects, turned = read_scene(HERE / name / f"{name}.xml")
        count = sum(map(len, objects.values()))
        print(f"{name}: {len(objects)} objects, {count} triangles")
        objects = {key: triangles for key, triangles in objects.items() if key not in turned}
        faults += sheet_faults(objects)
        faults += [] if least <= count <= most else [f"{name}: {count} triangles"]
        if name == "office_v1":
            places = json.loads((HERE / name / "places.json").read_text())
            faults += unreached_rooms(objects, places, (8.1, 10.2))
            faults += device_faults(objects, places)
    for fault in faults:
        print(fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
