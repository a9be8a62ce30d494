"""Gradients of the gain, sum |a|^2 in dB, with respect to the place and the turning of one object and the place of each
transmitter: ours against central differences of Sionna RT's gain (steps of 2 mm and 2 mrad) and against its own
derivatives (loop_mode "evaluated")."""
import drjit as dr
import generate
import mitsuba as mi
import numpy as np
import sionna.rt as rt

STEP = 2e-3
FLOOR = 0.05  # dB per m or rad: the noise of differences in float32 is 1 % of this
CASES = [("room_panel_1", "Reflector"), ("room_panel_2", "Reflector"), ("room_panel_3", "Reflector"),
         ("two_rooms", "wall_y0"), ("two_rooms", "partition_low_y")]

COMPARED = f"""
Compared are pairs of transmitter and receiver where all solutions have the same number of paths, ours too (a wall that
moves or turns out of its plane changes the paths next to its edges). Differences are norms of vectors over the norm of
ours, which counts as {FLOOR:g} dB/m (dB/rad) at least; medians are over those above.
"""
HEAD = ("| case | object | transmission | gradient | pairs | largest norm | against differences: median | largest "
        "| against Sionna RT's derivatives: median | largest |")
OWN_DERIVATIVES = """
Sionna RT's own derivatives by the transmitter's place agree with ours, to 2e-4 at the median. Those by an object do
not, and neither do they agree with its differences: they leave out that the image of the transmitter moves, so the
points of reflection slide along rays that stand still. On the path Reflector, wall_x1 of room_panel_1 (transmitter 0,
receiver 6), per metre along the panel's normal, the length changes by -1.119 in both; the y of the second point by 0 in
the derivatives and 1.340 in the differences, the direction of arrival by 0 and 0.236 rad. So what antennas and
materials do with directions is missing; the length, which does not depend on the points to first order, is right.
"""


def rotation_vectors(orientation):
    """Rows: how fast the body turns, about world axes, per radian of yaw, pitch and roll."""
    yaw, pitch, _ = orientation
    z = np.array([0, 0, 1])
    y = np.array([-np.sin(yaw), np.cos(yaw), 0])
    x = np.array([np.cos(yaw) * np.cos(pitch), np.sin(yaw) * np.cos(pitch), -np.sin(pitch)])
    return np.array([z, y, x])


class SionnaGain:
    """Gains [tx,rx] of a case as a function of the pose of one object and of the transmitters."""

    def __init__(self, case, name):
        self.scene, self.head = generate.setup(case, generate.HERE)
        self.body = self.scene.get(name)
        place = lambda p: np.array(p).ravel()
        self.at = {"rotation": [place(self.body.orientation)], "position": [place(self.body.position)],
                   "tx": [place(t.position) for t in self.scene.transmitters.values()]}

    def solve(self, at):
        """Gains as a tensor [rx,1,tx,1] and numbers of paths [tx,rx]."""
        self.body.orientation, self.body.position = at["rotation"][0], at["position"][0]
        for t, p in zip(self.scene.transmitters.values(), at["tx"]):
            t.position = p
        solver = rt.PathSolver(deterministic=True)
        solver.loop_mode = "evaluated"
        paths = solver(self.scene, samples_per_src=generate.SAMPLES, seed=generate.SEED,
                       **generate.solver_args(self.head))
        re, im = paths.a
        return dr.sum(re * re + im * im, axis=4), paths.valid.numpy().astype(int).sum(axis=2).T

    def own_derivatives(self, pairs):
        """Derivatives of the gain in dB, {variable: [pair,3]}, for pairs (tx, rx)."""
        at = {k: [mi.Point3f(*map(float, p)) for p in v] for k, v in self.at.items()}
        dr.enable_grad(*at.values())
        gain = self.solve(at)[0]
        rows = {k: [] for k in at}
        for t, r in pairs:
            dr.clear_grad(list(at.values()))
            one = gain[int(r), 0, int(t), 0]
            dr.backward(one, flags=dr.ADFlag.ClearInterior)
            to_db = 10 / np.log(10) / one.numpy().item()
            for k, v in at.items():
                rows[k].append(np.array(dr.grad(v[t if k == "tx" else 0]), dtype=float).ravel() * to_db)
        return {k: np.array(v) for k, v in rows.items()}

    def differences(self):
        """Central differences of the gain in dB, {variable: [tx,rx,3]}, where the number of paths stays the same
        meanwhile, {variable: [tx,rx]}, and this number."""
        count = self.solve(self.at)[1]
        same, result = {}, {}
        for k, points in self.at.items():
            columns, same[k] = [], np.ones_like(count, bool)
            for axis in range(3):
                db = []
                for sign in (-1, 1):
                    shift = sign * STEP * np.eye(3)[axis]
                    gain, n = self.solve({**self.at, k: [p + shift for p in points]})
                    db.append(10 * np.log10(gain.numpy().astype(float)[:, 0, :, 0].T))
                    same[k] &= n == count
                columns.append((db[1] - db[0]) / (2 * STEP))
            result[k] = np.stack(columns, axis=-1)
        return result, same, count


def errors(ours, theirs):
    """Norm of the difference over the norm of ours, which counts as FLOOR at least."""
    return np.linalg.norm(ours - theirs, axis=1) / np.maximum(np.linalg.norm(ours, axis=1), FLOOR)


def gradient_tables(of_ours):
    """Markdown, and whether all gradients agree; of_ours(table, name) runs our driver with --gradient name."""
    lines = [*__doc__.strip().splitlines(), *COMPARED.splitlines(), "", HEAD, "|---" * HEAD.count(" | ") + "|---|"]
    good = True
    for case, name in CASES:
        gain = SionnaGain(generate.CASES[case], name)
        differences, same, count = gain.differences()
        ours = of_ours(gain.head, name)
        found = np.zeros_like(count)
        np.add.at(found, ([p["tx"] for p in ours["paths"]], [p["rx"] for p in ours["paths"]]), 1)
        every = [(g["tx_index"], g["rx_index"]) for g in ours["gradients"]]
        derivatives = gain.own_derivatives(every)
        turn = np.linalg.inv(rotation_vectors(gain.at["rotation"][0])).T  # theirs are by yaw, pitch and roll
        for key in ("position", "rotation", "tx"):
            use = np.array([same[key][p] and count[p] == found[p] for p in every])
            g = np.array([row[key] for row in ours["gradients"]])[use]
            theirs = [differences[key][tuple(np.transpose(every))][use], derivatives[key][use]]
            off = [errors(g, t @ turn if key == "rotation" else t) for t in theirs]
            size = np.linalg.norm(g, axis=1)
            good &= bool(off[0].max(initial=0) < 0.02)
            cells = [case, name, "yes" if gain.head["refraction"] else "no", key, f"{use.sum()} of {use.size}",
                     f"{size.max(initial=0):.2f}"]
            large = size > FLOOR
            for o in off:
                cells += [f"{np.median(o[large]):.1e}" if large.any() else "-", f"{o.max(initial=0):.1e}"]
            lines.append("| " + " | ".join(cells) + " |")
    return lines + ["", *OWN_DERIVATIVES.strip().splitlines()], good
