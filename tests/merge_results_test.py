#!/usr/bin/env python3
"""examples/cluster/merge_results.py: takes the best of runs of one search, refuses others and says what differs."""
import copy
import csv
import json
import os
import subprocess
import sys
import tempfile
import unittest

PROGRAM = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../examples/cluster/merge_results.py")
RESULT = {
    "format": "manyworlds result", "version": 2, "method": "multi_start", "iterations": 5, "interrupted": False,
    "winner": {"world": 3, "value": 50.0, "x": [0.5]},
    "variables": [{"name": "Reflector.u", "lower": 0.0, "upper": 1.0, "unit": "m"}],
    "before": {"physical": {"rss_dbm": [-80.0, -90.0]}},
    "after": {"physical": {"minimum_dbm": -70.0, "median_dbm": -60.0, "mean_dbm": -61.0, "covered": 1.0, "dead": 0}},
    "floor_dbm": -200.0, "times": {"total_s": 1.5}, "execution": {"executor": "batch"},
    "params": {"seed": "1", "worlds": "4"}, "worlds": [], "scene": {"name": "office_v1"},
}


class MergeResults(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = scratch.name

    def write(self, seed, value, change=lambda result: None):
        result = copy.deepcopy(RESULT)
        result["params"]["seed"] = str(seed)
        result["winner"]["value"] = value
        change(result)
        path = os.path.join(self.folder, f"{len(os.listdir(self.folder))}.json")
        with open(path, "w", encoding="utf-8") as f:
            json.dump(result, f)
        return path

    def merge(self, *files):
        return subprocess.run([sys.executable, "-B", PROGRAM, *files, "--output", f"{self.folder}/best"],
                              capture_output=True, text=True, check=False)

    def refused(self, *files):
        done = self.merge(*files)
        self.assertEqual(done.returncode, 2, done.stdout)
        self.assertFalse(os.path.exists(f"{self.folder}/best"), "something was written all the same")
        return done.stderr

    def test_best_one_is_copied_and_all_are_in_the_table(self):
        files = [self.write(1, 50.0), self.write(12, 40.25), self.write(3, None), self.write(4, 45.0)]
        done = self.merge(*files)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        with open(files[1], "rb") as expected, open(f"{self.folder}/best/result.json", "rb") as found:
            self.assertEqual(found.read(), expected.read())
        with open(f"{self.folder}/best/merged.csv", newline="", encoding="utf-8") as f:
            rows = list(csv.DictReader(f))
        self.assertEqual([r["seed"] for r in rows], ["12", "4", "1", "3"])
        self.assertEqual([r["value"] for r in rows], ["40.25", "45.0", "50.0", ""])
        self.assertEqual([r["file"] for r in rows], [files[1], files[3], files[0], files[2]])
        self.assertEqual([line.split()[0] for line in done.stdout.splitlines()], ["seed", "12", "4", "1", "3"])

    def test_where_runs_were_and_how_long_they_took_may_differ(self):
        def elsewhere(result):
            result["times"]["total_s"] = 99
            result["execution"]["executor"] = "serial"
        self.assertEqual(self.merge(self.write(1, 50.0), self.write(2, 51.0, elsewhere)).returncode, 0)

    def test_another_problem_is_refused_with_the_difference(self):
        changes = {
            'scene.name: "office_v1", "two_rooms"': lambda r: r["scene"].update(name="two_rooms"),
            'params.worlds: "4", "8"': lambda r: r["params"].update(worlds="8"),
            'params.freed: null, "true"': lambda r: r["params"].update(freed="true"),
            "variables[0].upper: 1.0, 2.0": lambda r: r["variables"][0].update(upper=2.0),
            "before.physical.rss_dbm[1]: -90.0, -91.0":
                lambda r: r["before"]["physical"].update(rss_dbm=[-80.0, -91.0]),
            "version: 2, 3": lambda r: r.update(version=3),
        }
        first = self.write(1, 50.0)
        for difference, change in changes.items():
            with self.subTest(difference):
                other = self.write(2, 40.0, change)
                self.assertEqual(self.refused(first, other),
                                 f"merge_results: {first} and {other} are of different searches: {difference}\n")

    def test_the_same_seed_twice_is_refused(self):
        self.assertIn("have the same seed, 7", self.refused(self.write(7, 50.0), self.write(7, 50.0)))

    def test_what_is_no_result_is_refused_with_its_name(self):
        first = self.write(1, 50.0)
        other = self.write(2, 50.0, lambda r: r.pop("format"))
        self.assertEqual(self.refused(first, other),
                         f"merge_results: {other}: expected a result.json of the driver place\n")
        self.assertIn("missing.json", self.refused(first, f"{self.folder}/missing.json"))
        with open(other, "w", encoding="utf-8") as f:
            f.write('{"format": ')
        self.assertIn(other, self.refused(first, other))


if __name__ == "__main__":
    unittest.main()
