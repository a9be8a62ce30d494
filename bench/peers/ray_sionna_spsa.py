#!/usr/bin/env python3
"""The design that we replace: a Ray actor for each world, with a copy of the scene of its own in Sionna RT, that moves
its panel by SPSA, two radio maps a step. Prints JSON for isolation_ray.py.

    python bench/peers/ray_sionna_spsa.py [--worlds 8] [--steps 2] [--rays 1000000]

Needs ray and sionna-rt, and a libLLVM of 17 or newer (DRJIT_LIBLLVM_PATH). office_v1, two transmitters, 32 x 32 cells,
depth 2, transmission: the problem of isolation_case.cpp.
"""
import argparse
import glob
import json
import math
import os
import time

SCENE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../examples/scenes/office_v1/office_v1.xml")
TRANSMITTERS = ((8.1, 10.2, 2.7), (4.0, 4.72, 2.7))
SIZE, CELLS, HEIGHT, DEPTH = (30.0, 20.0), 32, 1.2, 2
LOWER, UPPER = (2.0, 9.3, 0.6, -1.2, -0.5), (28.0, 10.9, 2.4, 1.2, 0.5)


def age_s():
    """Seconds since this process began, to 10 ms."""
    with open("/proc/self/stat") as f:
        begun = int(f.read().rpartition(")")[2].split()[19]) / os.sysconf("SC_CLK_TCK")
    return time.clock_gettime(time.CLOCK_BOOTTIME) - begun


class World:
    def __init__(self, seed, rays):
        import numpy as np
        import sionna.rt as rt
        self.np, self.rt, self.rays = np, rt, rays
        self.random = np.random.default_rng(seed)
        self.scene = rt.load_scene(SCENE, merge_shapes=False)
        self.scene.frequency = 3.5e9
        antenna = rt.PlanarArray(num_rows=1, num_cols=1, pattern="iso", polarization="V")
        self.scene.tx_array = self.scene.rx_array = antenna
        for i, p in enumerate(TRANSMITTERS):
            self.scene.add(rt.Transmitter(f"tx{i}", position=p))
        self.solver = rt.RadioMapSolver()
        self.x = self.random.uniform(LOWER, UPPER)
        self.loss(self.x)  # compiles kernels

    def loss(self, x):
        """Mean of the strongest transmitter's gain in dB, its sign turned; dead cells count -150 dB."""
        mover = self.scene.get("Reflector")
        mover.position, mover.orientation = [float(v) for v in x[:3]], [float(x[3]), float(x[4]), 0.0]
        gain = self.solver(self.scene, center=(SIZE[0] / 2, SIZE[1] / 2, HEIGHT), size=SIZE, orientation=(0, 0, 0),
                           cell_size=(SIZE[0] / CELLS, SIZE[1] / CELLS), samples_per_tx=self.rays, max_depth=DEPTH,
                           refraction=True).path_gain.numpy()
        return -float(self.np.mean(10 * self.np.log10(self.np.maximum(gain.max(axis=0), 1e-15))))

    def steps(self, count):
        """Seconds of each step."""
        np, seconds = self.np, []
        for _ in range(count):
            start = time.perf_counter()
            signs = self.random.choice((-1.0, 1.0), len(self.x))
            width = 0.05
            slope = (self.loss(self.x + width * signs) - self.loss(self.x - width * signs)) / (2 * width)
            self.x = np.clip(self.x - 0.1 * np.sign(slope) * signs, LOWER, UPPER)
            seconds.append(time.perf_counter() - start)
        return seconds


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--worlds", type=int, default=8)
    parser.add_argument("--steps", type=int, default=2)
    parser.add_argument("--rays", type=int, default=10**6)
    options = parser.parse_args()
    if llvm := sorted(f for v in range(17, 30) for f in glob.glob(f"/usr/lib/*/libLLVM*.so.{v}*")):
        os.environ.setdefault("DRJIT_LIBLLVM_PATH", llvm[-1])
    import ray
    ray.init(include_dashboard=False, log_to_driver=False, configure_logging=False)
    ready_s = age_s()
    actor = ray.remote(num_cpus=int(1e4 * min(1, os.cpu_count() / options.worlds)) / 1e4)(World)
    worlds = [actor.remote(seed, options.rays) for seed in range(options.worlds)]
    ray.get([w.steps.remote(1) for w in worlds])
    start_s = age_s()
    begun = time.perf_counter()
    told = ray.get([w.steps.remote(options.steps) for w in worlds])
    wall_s = time.perf_counter() - begun
    seconds = sorted(s for own in told for s in own)
    print(json.dumps({"worlds": options.worlds, "start_with_ray_s": start_s, "start_s": start_s - ready_s,
                      "step_s": wall_s / (options.steps * options.worlds),
                      "p95_s": seconds[math.ceil(0.95 * len(seconds)) - 1]}))


if __name__ == "__main__":
    main()
