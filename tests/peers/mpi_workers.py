"""Searches whose workers belong to MPI ranks, undisturbed and hit: python3 mpi_workers.py MPI_WORKERS PLACE"""
import os
import signal
import sys
import tempfile
import time

from workers_common import Run, expect, parent, result, serial

MPIRUN = ["mpirun", "--oversubscribe", "--bind-to", "none", "--mca", "odls_base_sigkill_timeout", "5", "-n", "3"]
if os.geteuid() == 0:
    MPIRUN.insert(1, "--allow-run-as-root")


def main(program, place):
    launcher = [*MPIRUN, program, "--workers", "4", "--"]
    with tempfile.TemporaryDirectory() as folder:
        reference = serial(f"{folder}/serial", place)

        run = Run(f"{folder}/undisturbed", launcher, place)
        run.end()
        print("undisturbed:", run.check(reference, 0))

        run = Run(f"{folder}/hit", launcher, place)
        first = run.wait_for_workers(4)
        ranks = {parent(pid): pid for pid in first}
        expect(len(ranks) == 2, f"the workers have {len(ranks)} parents, expected two ranks")
        for pid in ranks.values():
            os.kill(pid, signal.SIGKILL)
        time.sleep(1)
        stopped = next(pid for pid in first if pid not in ranks.values())
        os.kill(stopped, signal.SIGSTOP)
        run.end()
        print("two workers killed, one stopped:", run.check(reference, 3))
        expect("was ended by signal Killed" in run.printed(), f"the kill was not told: {run.printed()}")

        run = Run(f"{folder}/interrupted", launcher, place, 1000)
        run.wait_for_workers(4)
        os.killpg(run.process.pid, signal.SIGINT)  # as a terminal does
        run.end(None)  # mpirun says 1 whatever ranks say
        expect(result(run.folder)[0]["interrupted"], f"Ctrl-C did not end the search: {run.printed()}")
        print("Ctrl-C: the result so far was written")

        for whom in ("a rank", "mpirun"):
            run = Run(f"{folder}/{whom}", launcher, place)
            pid = run.wait_for_workers(4)[0]
            os.kill(parent(pid) if whom == "a rank" else run.process.pid, signal.SIGKILL)
            run.end(None)
            expect(run.process.returncode != 0, f"exit code 0 although {whom} was killed")
            print(f"{whom} killed: exit code {run.process.returncode}, nothing left behind")

        run = Run(f"{folder}/nix", launcher, "nix")
        run.end(2)
        expect("cannot start 'nix'" in run.printed(), run.printed())


main(*sys.argv[1:])
