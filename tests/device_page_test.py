#!/usr/bin/env python3
"""bench/device_page.py makes the page of a device that does not exist (data/device) and says what is wrong with it."""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAM = os.path.join(HERE, "../bench/device_page.py")


class DevicePage(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = os.path.join(scratch.name, "device")
        shutil.copytree(os.path.join(HERE, "data/device"), self.folder)
        self.page = os.path.join(scratch.name, "page.md")

    def make(self, code):
        """The page, and what was wrong."""
        done = subprocess.run([sys.executable, "-B", PROGRAM, self.folder, self.page], capture_output=True, text=True)
        self.assertEqual(done.returncode, code, done.stderr)
        with open(self.page, encoding="utf-8") as f:
            return f.read(), done.stderr

    def change(self, change):
        path = os.path.join(self.folder, "device.json")
        with open(path, encoding="utf-8") as f:
            result = json.load(f)
        change(result)
        with open(path, "w", encoding="utf-8") as f:
            json.dump(result, f)

    def test_bars_hold_or_are_missed(self):
        page, _ = self.make(1)
        for row in ("| 32 worlds, forward + gradient, ms | <= 1 | 0.375 | yes |",
                    "| worlds per second, 4,096 worlds over 32 | >= 20 | 8 | **no** |",
                    "| 32 worlds, gradient over forward | <= 1.5 | 0.5 | yes |",
                    "| gradient + forward over forward, as pages of processors have it | <= 1.5 | 1.5 | yes |",
                    "| master seeds of 5 with the winner of the processors | 5 | 4 | **no** |"):
            self.assertIn(row + "\n", page)

    def test_what_was_not_measured_is_no_bar_that_holds(self):
        self.change(lambda result: (result["cases"][0]["worlds"].pop(1), result.pop("winners")))
        page, _ = self.make(1)
        self.assertEqual(page.count("| not measured | **no** |"), 5)

    def test_rates_stand_against_the_plan(self):
        page, wrong = self.make(1)
        for row in ("| overlay tests | 122,880,000 | 0.2 | 6.1e+11 | 5e+11 to 1e+12 | as planned |",
                    "| any-hit, incoherent | 33,554,432 | 16 | 2.1e+09 | 3e+09 to 6e+09 | 1.4 times below |",
                    "| faces clipped by pyramids | 81,920 | 0.2 | 4.1e+08 | 2e+09 to 3e+09 | **4.9 times below** |"):
            self.assertIn(row + "\n", page)
        self.assertIn("faces clipped by pyramids: more than 3 times off the plan", wrong)

    def test_remarks_are_kept_and_explain_rates(self):
        with open(self.page, "w", encoding="utf-8") as f:
            f.write("old\n\n## Remarks\n\nfaces clipped by pyramids: most threads leave at once.\n")
        page, wrong = self.make(1)
        self.assertTrue(page.endswith("\n## Remarks\n\nfaces clipped by pyramids: most threads leave at once.\n"))
        self.assertNotIn("off the plan", wrong)
        with open(self.page, "w", encoding="utf-8") as f:
            f.write("## Remarks\n\nother faces clipped by pyramids: a remark about another explains nothing.\n")
        page, wrong = self.make(1)
        self.assertIn("faces clipped by pyramids: more than 3 times off the plan", wrong)

    def test_errors_are_named(self):
        page, wrong = self.make(1)
        self.assertIn("- cases, office_v1, 10,000 receivers, 256 worlds: cudaMalloc of 99 bytes", page)
        self.assertIn("256 worlds: cudaMalloc of 99 bytes", wrong)

    def test_the_last_run_of_a_check_counts(self):
        page, wrong = self.make(1)
        self.assertIn("| cuda_parity_test | yes | 60 |", page)
        self.assertNotIn("failed:", wrong)
        with open(os.path.join(self.folder, "checks.jsonl"), "a", encoding="utf-8") as f:
            f.write('{"check": "cuda_parity_test", "passed": false, "seconds": 7}\n')
        page, wrong = self.make(1)
        self.assertIn("| cuda_parity_test | **no** | 7 |", page)
        self.assertIn("failed: cuda_parity_test", wrong)

    def test_a_complete_device_is_no_error(self):
        self.change(lambda result: (result["cases"][1]["worlds"].pop(), result["cases"][0]["worlds"][3].pop("profile")))
        os.remove(os.path.join(self.folder, "searches.jsonl"))
        with open(self.page, "w", encoding="utf-8") as f:
            f.write("## Remarks\n\n" + "".join(f"{work}: as was to be expected.\n" for work in
                                              ("overlay tests", "path fields", "path fields with adjoint",
                                               "faces clipped by pyramids")))
        page, wrong = self.make(0)
        self.assertEqual(wrong, "")
        self.assertIn("Made-up GPU (compute capability 9.0, 100 multiprocessors, 1.50 GHz, 80 GiB)", page)


if __name__ == "__main__":
    unittest.main()
