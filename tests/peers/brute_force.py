"""All specular and transmitted paths of a small scene by the image method over every chain of triangles, in double
precision: no beams, no rays, no tree."""
import itertools

import numpy as np

MARGIN = 1e-7  # m: what is closer to a segment's end than this belongs to the end


class BruteForce:
    """`triangles` [n,3,3] in metres, `objects` names their objects; `transmission`: surfaces let through."""

    def __init__(self, triangles, objects, max_depth, transmission):
        self.corner = triangles[:, 0]
        self.u, self.v = triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0]
        normal = np.cross(self.u, self.v)
        keep = np.linalg.norm(normal, axis=1) > 0
        self.corner, self.u, self.v, normal = self.corner[keep], self.u[keep], self.v[keep], normal[keep]
        self.objects = [o for o, k in zip(objects, keep) if k]
        self.double_area = np.linalg.norm(normal, axis=1)
        self.normal = normal / self.double_area[:, None]
        self.max_depth, self.transmission = max_depth, transmission

    def contains(self, triangle, p):
        """Whether the points p [m,3] in the planes of the triangles [m] lie in them."""
        w, n, area = p - self.corner[triangle], self.normal[triangle], self.double_area[triangle]
        a = np.einsum("ij,ij->i", np.cross(w, self.v[triangle]), n) / area
        b = np.einsum("ij,ij->i", np.cross(self.u[triangle], w), n) / area
        return (a >= 0) & (b >= 0) & (a + b <= 1)

    def edge_distance(self, row):
        """How far the reflection points of a path are from the edges of their faces (coplanar triangles), m."""
        closest = np.inf
        for kind, name, vertex in zip(row["types"], row["objects"], row["vertices"]):
            if kind != "R":
                continue
            edges = {}
            for i in [i for i, o in enumerate(self.objects) if o == name]:
                height = (np.array(vertex) - self.corner[i]) @ self.normal[i]
                corners = [self.corner[i], self.corner[i] + self.u[i], self.corner[i] + self.v[i]]
                for a, b in itertools.combinations(corners if abs(height) < 1e-3 else [], 2):
                    key = frozenset((tuple(a.round(5)), tuple(b.round(5))))
                    edges[key] = None if key in edges else (a, b)  # between two triangles of a face: no edge
            for a, b in filter(None, edges.values()):
                t = np.clip((np.array(vertex) - a) @ (b - a) / ((b - a) @ (b - a)), 0, 1)
                closest = min(closest, np.linalg.norm(vertex - a - t * (b - a)))
        return closest

    def crossings(self, p, q):
        """Triangles that the segment from p to q passes through, in order, with the points."""
        d, length = q - p, np.linalg.norm(q - p)
        with np.errstate(divide="ignore", invalid="ignore"):
            t = np.einsum("ij,ij->i", self.corner - p, self.normal) / (self.normal @ d)
        near = np.flatnonzero((t * length > MARGIN) & ((1 - t) * length > MARGIN))
        at = p + t[near, None] * d
        hit = self.contains(near, at)
        order = np.argsort(t[near[hit]])
        return list(zip(near[hit][order], at[hit][order]))

    def images(self, tx):
        """Per number of bounces: chains [m,k] and the images [m,k+1,3] of the transmitter in them."""
        n = len(self.corner)
        chains, images = np.zeros((1, 0), int), np.reshape(tx, (1, 1, 3)).astype(float)
        yield chains, images
        for _ in range(self.max_depth):
            last = np.repeat(chains[:, -1], n) if chains.shape[1] else np.full(n, -1)
            chains = np.column_stack([np.repeat(chains, n, axis=0), np.tile(np.arange(n), len(chains))])
            images = np.repeat(images, n, axis=0)
            keep = chains[:, -1] != last
            chains, images = chains[keep], images[keep]
            t = chains[:, -1]
            height = np.einsum("ij,ij->i", images[:, -1] - self.corner[t], self.normal[t])
            images = np.concatenate([images, (images[:, -1] - 2 * height[:, None] * self.normal[t])[:, None]], axis=1)
            yield chains, images

    def paths(self, transmitters, receivers):
        """Rows with tx, rx, types, objects and vertices; a path through a common edge of two triangles appears once."""
        found = {}
        for i, tx in enumerate(transmitters):
            for chains, images in self.images(tx):
                for r, rx in enumerate(receivers):
                    for chain, corners in self.solve(chains, images, np.asarray(rx, float)):
                        row = self.trace(chain, [np.asarray(tx, float), *corners, np.asarray(rx, float)])
                        if row:
                            place = tuple(np.round(np.ravel(row["vertices"]), 5))
                            found[i, r, tuple(row["types"]), tuple(row["objects"]), place] = {"tx": i, "rx": r, **row}
        return list(found.values())

    def solve(self, chains, images, rx):
        """Chains whose reflection points all lie in their triangles, with these points from transmitter to receiver."""
        alive = np.arange(len(chains))
        points = np.empty((len(chains), chains.shape[1] + 1, 3))
        points[:, -1] = rx
        for k in reversed(range(chains.shape[1])):
            p, d, c = points[alive, k + 1], images[alive, k + 1] - points[alive, k + 1], chains[alive, k]
            with np.errstate(divide="ignore", invalid="ignore"):
                t = np.einsum("ij,ij->i", self.corner[c] - p, self.normal[c]) / np.einsum("ij,ij->i", d, self.normal[c])
            ahead = (t > 0) & (t < 1)  # the image lies behind the plane, so its source lies on this side
            alive, p, d, c, t = alive[ahead], p[ahead], d[ahead], c[ahead], t[ahead]
            points[alive, k] = p + t[:, None] * d
            alive = alive[self.contains(c, points[alive, k])]
        return [(chains[i], points[i, :-1]) for i in alive]

    def trace(self, chain, points):
        """The row of a path through these points, or None where something blocks it."""
        types, hit, vertices = [], [], []
        for k, (p, q) in enumerate(itertools.pairwise(points)):
            if np.linalg.norm(q - p) <= MARGIN:
                return None
            for triangle, at in self.crossings(p, q):
                types.append("T")
                hit.append(self.objects[triangle])
                vertices.append(at.tolist())
                if not self.transmission or len(types) + len(chain) - k > self.max_depth:
                    return None
            if k < len(chain):
                types.append("R")
                hit.append(self.objects[chain[k]])
                vertices.append(q.tolist())
        return {"types": types, "objects": hit, "vertices": vertices} if len(types) <= self.max_depth else None
