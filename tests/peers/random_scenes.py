"""A room whose six walls are of random size and material, and four tilted closed boxes in it (12 triangles each, one of
metal); two transmitters and six receivers at random places outside the boxes, turned at random in the last two scenes.
Transmission is on."""
import os

import generate
import numpy as np

MATERIALS = ["concrete", "brick", "plasterboard", "wood", "glass", "chipboard", "ceiling_board"]
CUBE = np.array([[x, y, z] for z in (-1, 1) for y in (-1, 1) for x in (-1, 1)], float)
QUADS = [(0, 1, 3, 2), (4, 5, 7, 6), (0, 1, 5, 4), (2, 3, 7, 6), (0, 2, 6, 4), (1, 3, 7, 5)]
TRIANGLES = [(q[0], q[1], q[2]) for q in QUADS] + [(q[0], q[2], q[3]) for q in QUADS]
# name: (seed, depth, frequency, antenna of the transmitters, of the receivers)
SCENES = {"random_1": (1, 3, 3.5e9, ("iso", "V"), ("iso", "V")),
          "random_2": (2, 2, 2.4e9, ("tr38901", "H"), ("dipole", "cross")),
          "random_3": (3, 3, 28e9, ("hw_dipole", "V"), ("iso", "VH"))}


def rotation(yaw, pitch, roll):
    def turn(i, j, angle):
        r = np.eye(3)
        r[i, i] = r[j, j] = np.cos(angle)
        r[j, i], r[i, j] = np.sin(angle), -np.sin(angle)
        return r

    return turn(0, 1, yaw) @ turn(2, 0, pitch) @ turn(1, 2, roll)


def write_mesh(file, vertices, faces):
    with open(file, "w") as f:
        f.write(f"ply\nformat ascii 1.0\nelement vertex {len(vertices)}\n"
                "property float x\nproperty float y\nproperty float z\n"
                f"element face {len(faces)}\nproperty list uchar int vertex_indices\nend_header\n")
        f.writelines("%.9g %.9g %.9g\n" % tuple(p) for p in vertices)
        f.writelines("3 %d %d %d\n" % t for t in faces)


def write_scene(folder, name, random):
    """Returns the size of the room and the boxes as (centre, half sizes, rotation)."""
    size = random.uniform([5, 4, 2.5], [10, 8, 4])
    shapes, boxes = {}, []
    for i, side in enumerate(("floor", "ceiling", "wall_y0", "wall_y1", "wall_x0", "wall_x1")):
        shapes[side] = (random.choice(MATERIALS), (CUBE[list(QUADS[i])] + 1) / 2 * size, [(0, 1, 2), (0, 2, 3)])
    while len(boxes) < 4:
        half = random.uniform(0.15, 0.5, 3)
        reach = np.linalg.norm(half) + 0.02
        center = random.uniform(reach, size - reach)
        if any(np.linalg.norm(center - c) < reach + np.linalg.norm(h) for c, h, _ in boxes):
            continue
        turn = rotation(*random.uniform([-np.pi, -0.3, -0.3], [np.pi, 0.3, 0.3]))
        itu = random.choice(MATERIALS) if boxes else "metal"
        shapes[f"box_{len(boxes)}"] = (itu, CUBE * half @ turn.T + center, TRIANGLES)
        boxes.append((center, half, turn))
    os.makedirs(os.path.join(folder, name, "meshes"))
    xml = ['<scene version="2.1.0">']
    for shape, (itu, vertices, faces) in shapes.items():
        write_mesh(os.path.join(folder, name, "meshes", shape + ".ply"), vertices, faces)
        thickness = random.uniform(0.01, 0.2)
        xml += [f'  <bsdf type="itu-radio-material" id="{shape}_{itu}"><string name="type" value="{itu}"/>'
                f'<float name="thickness" value="{thickness:.4f}"/></bsdf>',
                f'  <shape type="ply" id="mesh-{shape}"><string name="filename" value="meshes/{shape}.ply"/>'
                f'<boolean name="face_normals" value="true"/><ref id="{shape}_{itu}" name="bsdf"/></shape>']
    with open(os.path.join(folder, name, name + ".xml"), "w") as f:
        f.write("\n".join(xml + ["</scene>\n"]))
    return size, boxes


def points(count, size, boxes, random):
    """Places in the room that are 0.1 m off its walls and outside the boxes."""
    found = []
    while len(found) < count:
        p = random.uniform(0.1, size - 0.1)
        if all((np.abs(turn.T @ (p - center)) > half + 0.05).any() for center, half, turn in boxes):
            found.append(p.round(4).tolist())
    return found


def write(folder):
    """Writes the scenes into the folder and returns their cases for generate.paths_case."""
    cases = {}
    for name, (seed, depth, frequency, tx, rx) in SCENES.items():
        random = np.random.default_rng(seed)
        room = write_scene(folder, name, random)
        widest = 0 if name == "random_1" else np.pi
        turned = lambda count: [(p, random.uniform(-widest, widest, 3).round(3).tolist())
                                for p in points(count, *room, random)]
        cases[name] = {"scene": f"{name}/{name}.xml", "frequency": frequency, "max_depth": depth, "refraction": True,
                       "tx": turned(2), "rx": turned(6), "tx_antenna": tx, "rx_antenna": rx}
    return cases
