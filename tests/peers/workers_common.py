"""What the tests of searches with workers elsewhere share: a reference, runs that are hit, what they leave behind."""
import json
import os
import signal
import subprocess
import time

SEARCH = ["--config", "examples/quickstart.toml", "--worlds", "12", "--polish.worlds", "0",
          "--map-spacing", "2", "--quiet"]
HEARTBEATS = ["--executor.heartbeat_s", "0.5", "--executor.heartbeat_timeout_s", "3"]
LIMIT_S = 240


class Failure(Exception):
    pass


def expect(holds, what):
    if not holds:
        raise Failure(what)


def left_behind(mark):
    """Processes with `mark` in their arguments or their environment, zombies not counted: (pid, is a worker)."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as f:
                arguments = f.read()
            with open(f"/proc/{pid}/environ", "rb") as f:
                environment = f.read()
        except OSError:
            continue
        if mark.encode() in arguments + environment and arguments and int(pid) != os.getpid():
            found.append((int(pid), b"MANYWORLDS_WORKER=" in environment and b"--executor.connect" in arguments))
    return found


def workers(mark):
    return [pid for pid, is_worker in left_behind(mark) if is_worker]


def parent(pid):
    with open(f"/proc/{pid}/stat") as f:
        return int(f.read().rsplit(")", 1)[1].split()[1])


def result(folder):
    """Of a finished run: what must not depend on where it ran, and where it ran."""
    with open(f"{folder}/result.json") as f:
        everything = json.load(f)
    del everything["times"]
    return everything, everything.pop("execution")


class Run:
    """A search in a new folder, which marks all its processes."""

    def __init__(self, folder, launcher, place, iterations=30):
        os.makedirs(folder)
        self.folder = folder
        command = [*launcher, place, *SEARCH, *HEARTBEATS, "--iterations", str(iterations), "--output", folder]
        self.log = open(f"{folder}/log", "w+")
        self.process = subprocess.Popen(command, env={**os.environ, "MANYWORLDS_TEST": folder}, stdout=self.log,
                                        stderr=subprocess.STDOUT, start_new_session=True)

    def printed(self):
        self.log.seek(0)
        return self.log.read()

    def wait_for_workers(self, count):
        """Until so many do tasks; returns their process ids."""
        for _ in range(600):
            found = workers(self.folder)
            if len(found) >= count:
                time.sleep(1.5)  # each has begun
                expect(self.process.poll() is None, f"the run ended before it was hit: {self.printed()}")
                return workers(self.folder)
            expect(self.process.poll() is None, f"the run ended early: {self.printed()}")
            time.sleep(0.05)
        raise Failure(f"no {count} workers: {self.printed()}")

    def end(self, code=0, patience_s=10):
        """Waits for it; soon after nothing of it may be left."""
        try:
            found = self.process.wait(LIMIT_S)
        except subprocess.TimeoutExpired:
            for pid, _ in left_behind(self.folder):
                os.kill(pid, signal.SIGKILL)
            raise Failure(f"did not end within {LIMIT_S} s: {self.printed()}")
        expect(code is None or found == code, f"left with {found}, expected {code}: {self.printed()}")
        left = left_behind(self.folder)
        for _ in range(10 * patience_s):
            if not left:
                return
            time.sleep(0.1)
            left = left_behind(self.folder)
        for pid, _ in left:
            os.kill(pid, signal.SIGKILL)
        raise Failure(f"left processes behind: {left}")

    def check(self, reference, hits):
        """The same result as the reference, and it was hit so often."""
        same, execution = result(self.folder)
        for key in reference:
            expect(same[key] == reference[key], f"'{key}' differs from the serial run's")
        lost = int(execution["workers_lost"])
        expect(lost >= hits if hits else lost == 0, f"{lost} workers were lost, expected {hits}: {self.printed()}")
        return f"same result, {lost} workers lost"


def serial(folder, place, iterations=30):
    os.makedirs(folder)
    subprocess.run([place, *SEARCH, "--iterations", str(iterations), "--executor", "serial",
                    "--output", folder], check=True)
    return result(folder)[0]
