#!/usr/bin/env python3
"""tests/gpu.sh with programs that only pretend: what it runs, what it notes and keeps, and how it leaves."""
import json
import os
import stat
import subprocess
import tarfile
import tempfile
import unittest

SCRIPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "gpu.sh")
PROGRAMS = ["tests/cuda_no_device_test", "tests/cuda_backend_test", "tests/cuda_every_kernel_test",
            "tests/cuda_parity_test", "examples/cuda/own_policies_cuda", "examples/place"]
BENCH = """case "$1" in --list) echo '[{"name": "Made-up GPU"}]' ;; *) echo '{"most": '"$2"'}' >"$1" ;; esac"""


class GpuScript(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = scratch.name
        self.out = os.path.join(self.folder, "out")
        for name in PROGRAMS:
            self.program("build/" + name, "echo ran")
        self.program("build/tests/device_bench", BENCH)
        self.program("build/bench/isolation_case", "echo progress >&2; echo '{\"iterations\": 5}'")
        self.program("bin/compute-sanitizer", 'while [ "${1#-}" != "$1" ]; do shift 2; done; "$@"')

    def program(self, name, text):
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as f:
            f.write("#!/usr/bin/env bash\n" + text + "\n")
        os.chmod(path, os.stat(path).st_mode | stat.S_IXUSR)

    def run_script(self, code, *arguments):
        """What it printed, and {check: passed}."""
        environment = dict(os.environ, PATH=os.path.join(self.folder, "bin") + ":" + os.environ["PATH"])
        done = subprocess.run(["bash", SCRIPT, "--build", os.path.join(self.folder, "build"), "--out", self.out,
                               *arguments], capture_output=True, text=True, env=environment)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout, {check["check"]: check["passed"] for check in self.lines("checks.jsonl")}

    def lines(self, name):
        path = os.path.join(self.out, name)
        if not os.path.exists(path):
            return []
        with open(path, encoding="utf-8") as f:
            return [json.loads(line) for line in f]

    def test_all_that_needs_a_device_runs_and_is_packed(self):
        _, checks = self.run_script(0, "--most", "32", "parity", "sanitize", "bench", "search")
        self.assertEqual(set(checks.values()), {True})
        self.assertEqual(len(checks), 4 + 8 + 1 + 1 + 3 + 30)
        for tool in ("memcheck", "racecheck", "synccheck", "initcheck"):
            self.assertIn(tool + "-cuda_every_kernel_test", checks)
        with open(os.path.join(self.out, "device.json"), encoding="utf-8") as f:
            self.assertEqual(json.load(f), {"most": 32})
        rows = self.lines("searches.jsonl")
        self.assertEqual(len(rows), 30)
        self.assertEqual(rows[0], {"executor": "batch", "worlds": 1, "visibility": "hard", "told": {"iterations": 5}})
        with tarfile.open(self.out + ".tar.gz") as packed:
            names = packed.getnames()
        for name in ("device.json", "checks.jsonl", "searches.jsonl", "cuda_parity_test.log"):
            self.assertIn("./" + name, names)

    def test_phases_are_calls_of_their_own(self):
        _, checks = self.run_script(0, "bench")
        self.assertEqual(list(checks), ["device_bench"])
        _, checks = self.run_script(0, "parity", "--pack", os.path.join(self.folder, "own.tar.gz"))
        self.assertEqual(len(checks), 1 + 4)
        self.assertTrue(os.path.exists(os.path.join(self.folder, "own.tar.gz")))

    def test_what_fails_is_noted_and_the_rest_runs(self):
        self.program("build/tests/device_bench", BENCH + '; [ "$1" = --list ] || exit 1')
        self.program("build/tests/cuda_every_kernel_test", "echo broken; exit 7")
        said, checks = self.run_script(1, "parity", "sanitize", "bench", "search")
        self.assertIn("broken", said)
        failed = {name for name, passed in checks.items() if not passed}
        self.assertEqual(failed, {"cuda_every_kernel_test", "device_bench"} | {
            tool + "-cuda_every_kernel_test" for tool in ("memcheck", "racecheck", "synccheck", "initcheck")})
        self.assertEqual(len(checks), 4 + 8 + 1 + 1 + 3 + 30)

    def test_without_a_device_it_says_so_and_leaves_with_3(self):
        self.program("build/tests/device_bench", "echo 'no CUDA device: none' >&2; exit 3")
        said, checks = self.run_script(3, "parity", "sanitize", "bench", "search")
        self.assertEqual(checks, {"cuda_no_device_test": True})
        self.assertIn("no CUDA device: none\ntests/gpu.sh: nothing ran on a device, because there is none\n", said)
        self.assertFalse(os.path.exists(os.path.join(self.out, "device.json")))

    def test_a_device_that_cannot_be_asked_is_a_failure(self):
        self.program("build/tests/device_bench", "exit 2")
        self.run_script(1, "parity")

    def test_other_words_are_refused(self):
        said, _ = self.run_script(2, "everything")
        self.assertIn("Phases: build parity sanitize bench search", said)


if __name__ == "__main__":
    unittest.main()
