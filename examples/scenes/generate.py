#!/usr/bin/env python3
"""Writes the scenes of this folder: Mitsuba 3 XML, ASCII PLY meshes, and places.json for office_v1.

    python3 generate.py           # (re)writes office_v1/ and two_rooms/
    python3 generate.py --check   # writes nothing; says which files differ from what it would write

Metres; x to the right, y up on the plan, z up. Every wall is one sheet without thickness (its material has
one), cut into rectangles around its openings. office_plan.py holds the floor plan of the office.
"""
import json
import sys
from pathlib import Path

import office_plan as plan
from office_plan import DOOR, ROOM

HERE = Path(__file__).resolve().parent
GAP = 0.02   # furniture keeps this far from floor, walls and its own parts, so that no two sheets coincide

THICKNESS = {"concrete": 0.2, "plasterboard": 0.025, "glass": 0.01, "wood": 0.03, "metal": 0.01,
             "ceiling_board": 0.02}


# ---------------------------------------------------------------- rectangles
def sheet(x, y, z):
    """Corners of a rectangle: two of x, y, z are ranges, the third is the number it lies at."""
    sides = (x, y, z)
    flat = next(i for i in range(3) if not isinstance(sides[i], tuple))
    (u0, u1), (v0, v1) = sides[:flat] + sides[flat + 1:]
    corners = [[u0, v0], [u1, v0], [u1, v1], [u0, v1]]
    for corner in corners:
        corner.insert(flat, sides[flat])
    return corners


def upright(start, end):
    """(from, to, f) of a wall between two points: f(range along it, range in z) is a rectangle in it."""
    if start[1] == end[1]:
        return start[0], end[0], lambda run, z: sheet(run, start[1], z)
    return start[1], end[1], lambda run, z: sheet(start[0], run, z)


def wall(start, end, openings=(), height=ROOM):
    """Rectangles of a wall around its openings (name, from, to, top, leaf), which come in order."""
    cursor, stop, part = upright(start, end)
    parts = []
    for _, a, b, top, _ in openings:
        parts += [part((cursor, a), (0, height))] * (a > cursor) + [part((a, b), (top, height))] * (top < height)
        cursor = b
    return parts + [part((cursor, stop), (0, height))] * (cursor < stop)


def leaf(start, end, opening):
    """A door leaf standing open at a right angle: hinged at the low (a) or high (b) jamb, swung to + or -."""
    _, a, b, top, swing = opening
    hinge, z = a if swing[0] == "a" else b, (GAP / 2, top - GAP)
    wide = (GAP, b - a) if swing[1] == "+" else (a - b, -GAP)
    if start[1] == end[1]:
        return sheet(hinge, (start[1] + wide[0], start[1] + wide[1]), z)
    return sheet((start[0] + wide[0], start[0] + wide[1]), hinge, z)


def desk(x, y, w, d, back):
    """Top, two sides and a modesty panel towards `back` (n, e, s, w), and a chair on the free side."""
    width, depth = (w, d) if back in "ns" else (d, w)

    def part(u, v, z):  # u runs along the width, v from the free side to the back
        moved = []
        for side, start in ((u, y if back in "ew" else x), (v, x if back in "ew" else y)):
            ends = side if isinstance(side, tuple) else (side, side)
            if side is v and back in "sw":
                ends = (depth - ends[1], depth - ends[0])
            moved.append((start + ends[0], start + ends[1]) if isinstance(side, tuple) else start + ends[0])
        return sheet(*(moved if back in "ns" else moved[::-1]), z)

    sides = [part(u, (0.05, depth - 0.05), (GAP, 0.72)) for u in (0.05, width - 0.05)]
    seat = (width / 2 - 0.22, width / 2 + 0.22)
    return [part((0, width), (0, depth), 0.74), *sides, part((0.1, width - 0.1), depth - 0.1, (0.3, 0.72)),
            part(seat, (-0.35, 0.1), 0.45), part(seat, -0.37, (0.5, 0.95))]


def cabinet(x, y, w, d, h):
    """A box without its hidden bottom, standing on feet."""
    xs, ys, z = (x, x + w), (y, y + d), (GAP, h)
    return [*(sheet(at, ys, z) for at in xs), *(sheet(xs, at, z) for at in ys), sheet(xs, ys, h)]


# ---------------------------------------------------------------- writing
def panel(size):
    """The Reflector: two triangles centred at the origin, normal +x."""
    return [sheet(0, (-size / 2, size / 2), (-size / 2, size / 2))]


def ply(quads):
    """ASCII PLY of rectangles, two triangles each, with equal corners shared."""
    index, faces = {}, []
    for quad in quads:
        a, b, c, d = (index.setdefault(tuple(round(x, 6) + 0.0 for x in p), len(index)) for p in quad)
        faces += [f"3 {a} {b} {c}", f"3 {a} {c} {d}"]
    head = ["ply", "format ascii 1.0", f"element vertex {len(index)}", "property float x", "property float y",
            "property float z", f"element face {len(faces)}", "property list uchar int vertex_indices", "end_header"]
    return "\n".join(head + ["%.9g %.9g %.9g" % p for p in index] + faces) + "\n"


def scene(name, shapes, pose):
    """{path: text} of one scene; shapes: {name: (material, rectangles)}, pose: XML inside the Reflector's to_world."""
    files, xml = {}, ['<scene version="2.1.0">']
    for material in THICKNESS:
        if any(m == material for m, _ in shapes.values()):
            xml.append(f'  <bsdf type="itu-radio-material" id="{material}"><string name="type" value="{material}"/>'
                       f'<float name="thickness" value="{THICKNESS[material]}"/></bsdf>')
    for shape, (material, quads) in shapes.items():
        files[f"{name}/meshes/{shape}.ply"] = ply(quads)
        placed = f'<transform name="to_world">{pose}</transform>' if shape == "Reflector" else ""
        xml.append(f'  <shape type="ply" id="mesh-{shape}"><string name="filename" value="meshes/{shape}.ply"/>'
                   f'<boolean name="face_normals" value="true"/>{placed}<ref id="{material}" name="bsdf"/></shape>')
    files[f"{name}/{name}.xml"] = "\n".join(xml + ["</scene>"]) + "\n"
    return files


def with_walls(floor, ceiling, size, walls):
    shapes = {"floor": (floor, [sheet((0, size[0]), (0, size[1]), 0)]),
              "ceiling": (ceiling, [sheet((0, size[0]), (0, size[1]), ROOM)])}
    for name, material, start, end, openings in walls:
        shapes[name] = (material, wall(start, end, openings, DOOR if name.startswith("lift_door") else ROOM))
    return shapes


def office():
    shapes = with_walls("concrete", "ceiling_board", (30, 20), plan.WALLS)
    for _, _, start, end, openings in plan.WALLS:
        for opening in openings:
            if opening[4]:
                shapes["door_" + opening[0]] = ("wood", [leaf(start, end, opening)])
    for room, rows in plan.DESKS.items():
        shapes["desks_" + room] = ("wood", [q for x, y, n, step, w, d, back in rows for i in range(n)
                                            for q in desk(x + i * step, y, w, d, back)])
    for room, boxes in plan.CABINETS.items():
        shapes["cabinets_" + room] = ("metal", [q for box in boxes for q in cabinet(*box)])
    for name, box in plan.LIFT_CARS.items():
        shapes[name] = ("metal", cabinet(*box))
    shapes["Reflector"] = ("metal", panel(1))
    files = scene("office_v1", shapes, '<translate x="0.4" y="10.2" z="1.5"/>')
    corridor = {name: {"from": start, "to": end, "normal_into_corridor": [0, 1 if name == "corridor_south" else -1],
                       "openings": {o[0]: [o[1], o[2], 0, o[3]] for o in openings}}
                for name, _, start, end, openings in plan.WALLS if name.startswith("corridor")}
    places = {"scene": "office_v1.xml", "receiver_height_m": 1.2, "transmitters": plan.TRANSMITTERS,
              "mount_walls": corridor, "rooms": plan.ROOMS, "problems": plan.PROBLEMS}
    body = [f' "{key}": ' + (json.dumps(value) if not isinstance(value, dict) else "{\n" + ",\n".join(
        f'  "{k}": {json.dumps(v)}' for k, v in value.items()) + "\n }") for key, value in places.items()]
    return files | {"office_v1/places.json": "{\n" + ",\n".join(body) + "\n}\n"}


def two_rooms():
    walls = [("wall_west", "concrete", (0, 0), (0, 5), []), ("wall_east", "concrete", (8, 0), (8, 5), []),
             ("wall_south", "concrete", (0, 0), (8, 0), []), ("wall_north", "concrete", (0, 5), (8, 5), []),
             ("partition", "plasterboard", (5, 0), (5, 5), [("back_room", 0.75, 1.65, DOOR, None)])]
    shapes = with_walls("concrete", "ceiling_board", (8, 5), walls) | {"Reflector": ("metal", panel(1))}
    return scene("two_rooms", shapes, '<rotate z="1" angle="45"/><translate x="2" y="1.2" z="1.5"/>')


def main(arguments):
    if arguments not in ([], ["--check"]):
        sys.exit("usage: generate.py [--check]")
    files = office() | two_rooms()
    there = {str(p.relative_to(HERE)) for s in ("office_v1", "two_rooms") for p in (HERE / s).rglob("*")
             if p.suffix in (".ply", ".xml", ".json")}
    wrong = sorted(there - set(files))
    for name, text in files.items():
        path = HERE / name
        if arguments:
            wrong += [name] if not path.is_file() or path.read_bytes() != text.encode() else []
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
    if wrong:
        sys.exit("differs from the generator: " + ", ".join(wrong))
    triangles = sum(int(text.split("element face ")[1].split()[0]) for name, text in files.items()
                    if name.startswith("office_v1/meshes"))
    print(f"{len(files)} files, office_v1 has {triangles} triangles")


if __name__ == "__main__":
    main(sys.argv[1:])
