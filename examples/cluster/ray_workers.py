#!/usr/bin/env python3
"""Runs a search whose worker processes are placed by Ray, on this machine or on all of a cluster.

    python examples/cluster/ray_workers.py --workers 4 --num-cpus 0.5 -- build/examples/place --scene ...

Every worker has an actor with so many processors and so much of a GPU; Ray's CUDA_VISIBLE_DEVICES reaches the worker by
its environment. Without --address a Ray of its own is started on this machine and ended with the run; `--address auto`
joins the one that runs here. Leaves with the exit code of the run. See docs/clusters.md.
"""
import argparse
import hmac
import os
import secrets
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading

os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
import ray  # noqa: E402

LAUNCH = 5  # MessageKind::launch of executor/message.hpp
HEAD = struct.Struct("<4sBI32x")  # of a frame: magic, kind, length of the body, two hashes


@ray.remote(max_restarts=0)
class Worker:
    def run(self, folder, command, address, token):
        """Starts a worker with a connection to `address` as its socket, and tells how it ended; "" = as it should."""
        with tempfile.TemporaryFile() as printed:
            with socket.create_connection(address, timeout=20) as run:
                run.settimeout(None)
                run.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                run.sendall(token)
                process = subprocess.Popen(
                    command, cwd=folder, env={**os.environ, "MANYWORLDS_WORKER": str(run.fileno())},
                    pass_fds=[run.fileno()], stdin=subprocess.DEVNULL, stdout=printed, stderr=subprocess.STDOUT,
                    start_new_session=True)
            code = process.wait()  # the worker dies with this actor: it asks for that itself (executor/worker.hpp)
            if code == 0:
                return ""
            printed.seek(max(0, printed.seek(0, os.SEEK_END) - 4096))
            last = printed.read().decode(errors="replace").strip().rpartition("\n")[2]
        how = f"was ended by {signal.Signals(-code).name}" if code < 0 else f"left with exit code {code}"
        return f"worker {process.pid} on {socket.gethostname()} {how}" + (f"; it printed: {last}" if last else "")


def receive(connection, count):
    data = b""
    while len(data) < count:
        more = connection.recv(count - len(data))
        if not more:
            raise EOFError
        data += more
    return data


def receive_launch(connection):
    """The folder and the command that a new connection begins with."""
    magic, kind, length = HEAD.unpack(receive(connection, HEAD.size))
    if magic != b"MWF1" or kind != LAUNCH:
        raise ValueError("a connection does not begin with a launch message")
    body, words, at = receive(connection, length), [], 0

    def number():
        nonlocal at
        at += 8
        return int.from_bytes(body[at - 8:at], "little")

    def text():
        nonlocal at
        count = number()
        at += count
        return os.fsdecode(body[at - count:at])

    folder = text()
    for _ in range(number()):
        words.append(text())
    return folder, words


def relay(source, target):
    """Sends on what comes, and ends both connections when one has ended."""
    try:
        while data := source.recv(1 << 16):
            target.sendall(data)
    except OSError:
        pass
    end(source, target)


def end(*connections):
    for connection in connections:
        try:
            connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def accept(listener, connection, token):
    """The worker's own connection; None when the run has no use for it any more."""
    while listener in select.select([listener, connection], [], [])[0]:
        worker = listener.accept()[0]
        worker.settimeout(5)
        try:
            if hmac.compare_digest(receive(worker, len(token)), token):
                worker.settimeout(None)
                worker.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                return worker
        except (OSError, EOFError):
            pass
        worker.close()
    return None


def serve(connection, options, host):
    """Gives a connection of the run a worker, from its launch message until one of both ends."""
    with connection, socket.create_server((host, 0)) as listener:
        try:
            folder, command = receive_launch(connection)
        except EOFError:
            return
        token = secrets.token_bytes(32)
        actor = Worker.options(name="manyworlds-" + secrets.token_hex(8), **options).remote()
        ended = actor.run.remote(folder, command, listener.getsockname(), token)
        ended.future().add_done_callback(lambda _: end(connection))  # also where the actor never comes to life
        worker = accept(listener, connection, token)
        if worker:
            with worker:
                threading.Thread(target=relay, args=(worker, connection), daemon=True).start()
                relay(connection, worker)
        try:
            why = ray.get(ended, timeout=0.5)
        except ray.exceptions.GetTimeoutError:
            why = ""  # it did not leave when told to
        except ray.exceptions.RayError as error:
            why = "an actor failed: " + str(error).strip().rpartition("\n")[2]
        if why:
            print("ray_workers:", why, file=sys.stderr)
        ray.kill(actor)


def start_ray(address):
    """Returns where workers reach this process."""
    if address:
        if ":" in address:
            socket.create_connection(address.rsplit(":", 1), timeout=5).close()  # Ray itself would try for ever
        ray.init(address=address, namespace="manyworlds", logging_level="warning")
        return ray.util.get_node_ip_address()
    ray.init(address="local", namespace="manyworlds", logging_level="warning", include_dashboard=False,
             object_store_memory=80 << 20, _node_ip_address="127.0.0.1")
    return "127.0.0.1"


def room_for(workers, num_cpus, num_gpus):
    """How many of the workers the cluster's nodes have room for."""
    wanted = [(kind, each) for kind, each in (("CPU", num_cpus), ("GPU", num_gpus)) if each > 0]
    return sum(min([workers] + [int(node["Resources"].get(kind, 0) / each + 1e-9) for kind, each in wanted])
               for node in ray.nodes() if node["Alive"])


def run(command, listener, options, host):
    """Runs the command, gives it workers, and returns its exit code. Signals are for the command alone."""
    process = subprocess.Popen(command, start_new_session=True)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _: process.send_signal(number))
    threads = []

    def serve_all():
        while True:
            try:
                connection = listener.accept()[0]
            except OSError:
                return
            threads.append(threading.Thread(target=serve, args=(connection, options, host), daemon=True))
            threads[-1].start()

    threading.Thread(target=serve_all, daemon=True).start()
    code = process.wait()
    end(listener)
    for thread in threads:
        thread.join(10)
    return code if code >= 0 else 128 - code


def main():
    parser = argparse.ArgumentParser(usage="%(prog)s --workers N [OPTIONS] -- COMMAND OF THE RUN",
                                     description="Runs a search whose worker processes are placed by Ray.")
    parser.add_argument("--workers", type=int, required=True, metavar="N", help="worker processes, each with an actor")
    parser.add_argument("--num-cpus", type=float, default=1, metavar="X", help="processors of each (default 1)")
    parser.add_argument("--num-gpus", type=float, default=0, metavar="X",
                        help="GPUs reserved for each, 0.25 = four share one")
    parser.add_argument("--address", metavar="A", help="of a Ray that runs; auto = the one here (default: start one)")
    at = sys.argv.index("--") if "--" in sys.argv else len(sys.argv)
    a = parser.parse_args(sys.argv[1:at])
    command = sys.argv[at + 1:]
    if not command:
        parser.error("expected the command of the run after --")
    if not shutil.which(command[0]):
        parser.error(f"no program {command[0]}")
    if a.workers < 1 or a.num_cpus < 0 or a.num_gpus < 0:
        parser.error("expected --workers of 1 or more, --num-cpus and --num-gpus of 0 or more")
    try:
        host = start_ray(a.address)
    except (OSError, ray.exceptions.RayError) as error:
        parser.error(f"--address {a.address}: {error}")
    room = room_for(a.workers, a.num_cpus, a.num_gpus)
    if room < a.workers:
        parser.error(f"--workers {a.workers}: with {a.num_cpus:g} CPU and {a.num_gpus:g} GPU for each there is room "
                     f"for {room} (--num-cpus, --num-gpus)")
    with tempfile.TemporaryDirectory(prefix="manyworlds-") as folder, socket.socket(socket.AF_UNIX) as listener:
        listener.bind(f"{folder}/workers")
        listener.listen(a.workers)
        code = run([*command, "--executor", "processes", "--executor.processes", str(a.workers),
                    "--executor.connect", f"{folder}/workers"], listener,
                   {"num_cpus": a.num_cpus, "num_gpus": a.num_gpus}, host)
    ray.shutdown()
    return code


if __name__ == "__main__":
    sys.exit(main())
