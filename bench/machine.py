"""What a page of results says of where it was measured."""
import datetime
import os
import platform


def processor():
    """Name of the processors' model."""
    with open("/proc/cpuinfo") as f:
        return next((line.split(":", 1)[1].strip() for line in f if line.startswith("model name")), platform.machine())


def machine():
    return f"{os.cpu_count()} cores of {processor()}"


def heading(command):
    """First lines of a page: how it came about."""
    return f"`{command}`,", f"{datetime.date.today()}, {machine()}, `-O3 -march=native -ffp-contract=off`."
