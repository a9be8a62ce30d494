#!/usr/bin/env bash
# Which executor to take: searches of different sizes on all of them, in turn. Writes JSON (as Google Benchmark does),
# tables, three plots and the advice that follows to a folder:
#   bash bench/isolation_vs_batching.sh [FOLDER] [--quick] [--with-ray] [--with-sionna] [--sizes=8x1000,32x1000]
# FOLDER: out/isolation by default. --quick: 32 worlds and 1,000 receivers at most. --with-ray: our workers under Ray, too.
# --with-sionna: also Ray actors with Sionna RT and SPSA gradients, each with its own scene (gigabytes and minutes).
# --sizes: these worlds x receivers only. Installs what is missing; takes 20 minutes on 2 cores, 4 with --quick, half
# without Ray. What does not fit the machine is left out, and said.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
folder=out/isolation peers=()
options=()
for argument in "$@"; do
  case "$argument" in
    --quick | --sizes=*) options+=("$argument") ;;
    --with-ray) options+=("$argument") peers+=(ray==2.60.0) ;;
    --with-sionna) options+=("$argument") peers+=(ray==2.60.0 sionna-rt==2.2.0 mitsuba==3.9.1) ;;
    --help | -h) sed -n '2,8s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;;
    --*) echo "isolation_vs_batching: unknown option $argument (--help lists them)" >&2; exit 2 ;;
    *) folder=$argument ;;
  esac
done
bash .ci/packages.sh g++ cmake ninja-build libeigen3-dev libtbb-dev libpugixml-dev nlohmann-json3-dev libpng-dev \
  libcli11-dev libbenchmark-dev python3-venv
first=()
[ -f build/CMakeCache.txt ] || first=(-DMANYWORLDS_BUILD_TESTS=OFF -DMANYWORLDS_CUDA=OFF)
cmake --preset release ${first[@]+"${first[@]}"} -DMANYWORLDS_BUILD_BENCH=ON >/dev/null
cmake --build build --target isolation_case -j "$(bash .ci/jobs.sh)"
python=build/ray-venv/bin/python
[ -x $python ] || python3 -m venv build/ray-venv
$python -m pip install -q --disable-pip-version-check matplotlib ${peers[@]+"${peers[@]}"}
if [[ " ${options[*]-} " == *--with-sionna* ]]; then
  bash .ci/packages.sh libllvm19  # Dr.Jit compiles with a libLLVM of 17 or newer
fi
$python bench/isolation_vs_batching.py build/bench/isolation_case "$folder" ${options[@]+"${options[@]}"}
