"""Searches whose workers Ray places, undisturbed and hit: python ray_workers.py PLACE"""
import os
import signal
import sys
import tempfile
import time

import ray

from workers_common import Run, expect, parent, result, serial, workers

LAUNCHER = [sys.executable, "examples/cluster/ray_workers.py", "--workers", "4", "--num-cpus", "0.5"]
ITERATIONS = 240  # enough for the last of the workers to have work left, who come one after the other


def kill_an_actor():
    """By ray.kill."""
    names = [a["name"] for a in ray.util.list_named_actors(all_namespaces=True) if a["name"].startswith("manyworlds-")]
    expect(len(names) >= 4, f"{len(names)} actors, expected 4")
    ray.kill(ray.get_actor(names[0], namespace="manyworlds"))


def in_a_cluster(folder, place, reference):
    """Under a Ray that was there before and stays, with two processors and what it takes for a GPU."""
    ray.init(num_cpus=2, num_gpus=1, include_dashboard=False, object_store_memory=80 << 20,
             _node_ip_address="127.0.0.1", logging_level="warning")
    launcher = [*LAUNCHER, "--address", ray.get_runtime_context().gcs_address, "--num-gpus", "0.25", "--"]

    run = Run(f"{folder}/hit", launcher, place, ITERATIONS)
    first = run.wait_for_workers(4)
    for pid in first:
        with open(f"/proc/{pid}/environ") as f:
            expect("CUDA_VISIBLE_DEVICES=0" in f.read().split("\0"), "a worker does not know its GPU")
    kill_an_actor()
    time.sleep(1)
    left = [pid for pid in first if pid in workers(run.folder)]
    expect(len(left) == 3, f"{len(left)} of 4 workers are left after one actor was killed")
    os.kill(left[0], signal.SIGKILL)
    os.kill(parent(left[1]), signal.SIGKILL)
    run.end()
    print("by ray.kill an actor, by kill -9 a worker and an actor's process:", run.check(reference, 3))
    for told in ("was ended by SIGKILL", "an actor failed"):
        expect(told in run.printed(), f"'{told}' was not told: {run.printed()}")

    run = Run(f"{folder}/stopped", launcher, place, ITERATIONS)
    os.kill(run.wait_for_workers(4)[0], signal.SIGSTOP)
    run.end()
    print("a worker stopped:", run.check(reference, 1))
    ray.shutdown()


def on_its_own(folder, place, reference):
    """Under a Ray that the launcher starts and ends."""
    launcher = [*LAUNCHER, "--"]
    run = Run(f"{folder}/undisturbed", launcher, place, ITERATIONS)
    run.end()
    print("undisturbed:", run.check(reference, 0))

    run = Run(f"{folder}/interrupted", launcher, place, 1000)
    run.wait_for_workers(4)
    os.killpg(run.process.pid, signal.SIGINT)  # as a terminal does
    run.end(128 + signal.SIGINT)
    expect(result(run.folder)[0]["interrupted"], f"Ctrl-C did not end the search: {run.printed()}")
    print("Ctrl-C: the result so far was written")

    # Ray's own agents try for a minute to tell a dead Ray of its death.
    for number, code, patience_s in ((signal.SIGTERM, 143, 10), (signal.SIGKILL, -9, 150)):
        run = Run(f"{folder}/{number.name}", launcher, place, 1000)
        run.wait_for_workers(4)
        os.kill(run.process.pid, number)
        run.end(code, patience_s)
        print(f"{number.name}: nothing left behind")

    run = Run(f"{folder}/nix", launcher, "nix")
    run.end(2)
    expect("no program nix" in run.printed(), run.printed())


with tempfile.TemporaryDirectory() as main_folder:
    alone = serial(f"{main_folder}/serial", sys.argv[1], ITERATIONS)
    in_a_cluster(main_folder, sys.argv[1], alone)
    on_its_own(main_folder, sys.argv[1], alone)
