#!/usr/bin/env bash
# Prints how many compilations may run at once: one a core, but no more than the free memory holds at 1.5 GiB each.
set -euo pipefail
cores=$(nproc)
by_memory=$(awk '/^MemAvailable:/ { print int($2 / 1572864) }' /proc/meminfo)
jobs=$((by_memory < cores ? by_memory : cores))
echo $((jobs > 1 ? jobs : 1))
