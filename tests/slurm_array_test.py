#!/usr/bin/env python3
"""examples/cluster/slurm_array.sbatch, run as Slurm runs it, with a small search and an srun that only runs it.

    python3 tests/slurm_array_test.py build/examples/place
"""
import csv
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
TEMPLATE = os.path.join(ROOT, "examples/cluster/slurm_array.sbatch")
MERGE = os.path.join(ROOT, "examples/cluster/merge_results.py")
SEARCH = ["--scene", "examples/scenes/two_rooms/two_rooms.xml", "--tx", "ap=2,4.4,1.5", "--area", "5.2,0.2,7.8,4.8",
          "--spacing", "0.5", "--max-depth", "2", "--map-spacing", "0.5", "--mover", "Reflector", "--wall",
          "wall_south", "--worlds", "4", "--polish.worlds", "0", "--iterations"]
# HIT=SIGNAL: what the command gets once it has kept a checkpoint.
SRUN = f"""#!{sys.executable}
import os, subprocess, sys, time
if "HIT" not in os.environ:
    os.execvp(sys.argv[1], sys.argv[1:])
command = subprocess.Popen(sys.argv[1:])
checkpoint = os.path.join(sys.argv[sys.argv.index("--output") + 1], "checkpoint.bin")
while command.poll() is None and not os.path.exists(checkpoint):
    time.sleep(0.001)
command.send_signal(int(os.environ["HIT"]))
code = command.wait()
sys.exit(code if code >= 0 else 128 - code)
"""


def repeatable(result):
    return {key: value for key, value in result.items() if key not in ("times", "execution")}


class SlurmArray(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = scratch.name  # what a user submits from: the repository, built
        os.makedirs(f"{self.folder}/build/examples")
        os.symlink(PLACE, f"{self.folder}/build/examples/place")
        os.symlink(os.path.join(ROOT, "examples"), f"{self.folder}/examples")
        os.makedirs(f"{self.folder}/bin")
        with open(f"{self.folder}/bin/srun", "w", encoding="utf-8") as f:
            f.write(SRUN)
        os.chmod(f"{self.folder}/bin/srun", 0o755)

    def task(self, number, iterations="400", **variables):
        """Runs a task of the array as Slurm does: a copy of the script, elsewhere, with what the job was given."""
        spooled = f"{self.folder}/bin/slurm_script"
        shutil.copyfile(TEMPLATE, spooled)
        with open(TEMPLATE, encoding="utf-8") as f:
            cpus = re.search(r"^#SBATCH --cpus-per-task=(\d+)$", f.read(), re.M)[1]
        job = {"SLURM_SUBMIT_DIR": self.folder, "SLURM_ARRAY_JOB_ID": "77", "SLURM_ARRAY_TASK_ID": str(number),
               "SLURM_CPUS_PER_TASK": cpus, **variables}
        outside = {k: v for k, v in os.environ.items() if not k.startswith("SLURM_") and k != "HIT"}
        return subprocess.run(["bash", spooled, *SEARCH, iterations], cwd="/", capture_output=True, text=True,
                              env={**outside, "PATH": f"{self.folder}/bin:{os.environ['PATH']}", **job}, check=False)

    def result(self, number):
        with open(f"{self.folder}/out/slurm-77/{number}/result.json", encoding="utf-8") as f:
            return json.load(f)

    def log(self, number):
        with open(f"{self.folder}/out/slurm-77/{number}/log", encoding="utf-8") as f:
            return f.read()

    def alone(self, number):
        """The result of the same search, started by hand."""
        output = f"{self.folder}/alone"
        subprocess.run([PLACE, *SEARCH, "400", "--seed", str(number), "--output", output], cwd=ROOT, check=True,
                       capture_output=True)
        with open(f"{output}/result.json", encoding="utf-8") as f:
            return repeatable(json.load(f))

    def test_each_task_is_a_seed_and_the_best_is_found(self):
        for number in (1, 2, 3):
            done = self.task(number, "20")
            self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""), "all it says is in its log")
            self.assertEqual(self.result(number)["params"]["seed"], str(number))
            self.assertEqual(self.result(number)["execution"]["executor.threads"], "4")
        files = [f"{self.folder}/out/slurm-77/{number}/result.json" for number in (1, 2, 3)]
        subprocess.run([sys.executable, "-B", MERGE, *files, "--output", f"{self.folder}/best"], check=True,
                       capture_output=True)
        values = [self.result(number)["winner"]["value"] for number in (1, 2, 3)]
        with open(f"{self.folder}/best/merged.csv", newline="", encoding="utf-8") as f:
            self.assertEqual([float(row["value"]) for row in csv.DictReader(f)], sorted(values))
        with open(f"{self.folder}/best/result.json", encoding="utf-8") as f:
            self.assertEqual(json.load(f), self.result(1 + values.index(min(values))))

    def test_a_requeued_task_goes_on_from_its_checkpoint(self):
        lost = self.task(5, HIT="9")
        self.assertNotEqual(lost.returncode, 0, "Slurm must see that it has failed")
        self.assertFalse(os.path.exists(f"{self.folder}/out/slurm-77/5/result.json"))
        self.assertEqual(self.task(5).returncode, 0, self.log(5))
        self.assertIn("place: going on after iteration ", self.log(5))
        self.assertEqual(repeatable(self.result(5)), self.alone(5))

    def test_before_its_time_is_over_it_writes_what_it_has(self):
        with open(TEMPLATE, encoding="utf-8") as f:
            self.assertRegex(f.read(), r"(?m)^#SBATCH --signal=INT@\d+$")
        self.assertEqual(self.task(6, HIT="2").returncode, 128 + 2)
        self.assertTrue(self.result(6)["interrupted"])
        self.assertEqual(self.task(6).returncode, 0, self.log(6))
        self.assertEqual(repeatable(self.result(6)), self.alone(6))

    def test_what_was_not_submitted_as_an_array_says_so(self):
        done = self.task(1, SLURM_ARRAY_JOB_ID="")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("submit this with --array=1-N", done.stderr)


if __name__ == "__main__":
    PLACE = os.path.abspath(sys.argv.pop(1))
    unittest.main()
