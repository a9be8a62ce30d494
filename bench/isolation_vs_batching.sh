#!/usr/bin/env bash
# Which executor to take: searches of different sizes on all of them, in turn. Writes JSON (as Google Benchmark does), a
# table, three plots and the advice that follows to a folder:
#   bash bench/isolation_vs_batching.sh [FOLDER] [--quick] [--with-ray] [--with-sionna]
# FOLDER: out/isolation by default. --quick: 32 worlds and 1,000 receivers at most. --with-ray: our workers under Ray, too.
# --with-sionna: also Ray actors with Sionna RT and SPSA gradients, each with its own scene (1 GB and minutes). Installs
# what is missing; takes 15 minutes on 2 cores, 3 with --quick.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
folder=out/isolation peers=()
options=()
for argument in "$@"; do
  case "$argument" in
    --quick) options+=("$argument") ;;
    --with-ray) options+=("$argument") peers+=(ray) ;;
    --with-sionna) options+=("$argument") peers+=(ray sionna-rt) ;;
    --help | -h) sed -n '2,8s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;;
    --*) echo "isolation_vs_batching: unknown option $argument (--help lists them)" >&2; exit 2 ;;
    *) folder=$argument ;;
  esac
done
bash .ci/packages.sh g++ cmake ninja-build libeigen3-dev libtbb-dev libpugixml-dev nlohmann-json3-dev libpng-dev \
  libcli11-dev libbenchmark-dev python3-venv $([[ " ${peers[*]-} " != *sionna* ]] || echo libllvm19)
[ -f build/CMakeCache.txt ] || first=(-DMANYWORLDS_BUILD_TESTS=OFF -DMANYWORLDS_CUDA=OFF)
cmake --preset release "${first[@]-}" -DMANYWORLDS_BUILD_BENCH=ON >/dev/null
cmake --build build --target isolation_case -j "$(bash .ci/jobs.sh)"
[ -d build/suite-venv ] || python3 -m venv build/suite-venv
build/suite-venv/bin/pip install --quiet --disable-pip-version-check matplotlib ${peers[@]+"${peers[@]}"}
build/suite-venv/bin/python bench/isolation_vs_batching.py build/bench/isolation_case "$folder" ${options[@]+"${options[@]}"}
