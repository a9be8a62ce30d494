"""What a page of results says of where it was measured."""
import datetime
import os
import platform


def machine():
    with open("/proc/cpuinfo") as f:
        model = next((line.split(":")[1].strip() for line in f if line.startswith("model name")), platform.machine())
    return f"{os.cpu_count()} cores of {model}"


def heading(command):
    """First lines of a page: how it came about."""
    return f"`{command}`,", f"{datetime.date.today()}, {machine()}, `-O3 -march=native -ffp-contract=off`."
