#!/usr/bin/env bash
# Everything that needs a CUDA device, in one go: builds for this device, runs the parity tests, the sanitizers and the
# benchmarks, and leaves a JSON of results with the device's name. Needs a CUDA toolkit, CMake and a compiler; the
# libraries come from a folder that tests/gpu_prepare.sh has filled elsewhere, or from the system.
#   bash tests/gpu.sh [--libraries FOLDER] [--out FOLDER] [--most WORLDS]
# Without a device it builds everything, runs what can be run, says that there is no device, and leaves with 3.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

libraries=.gpu out=out-gpu most=4096
while [ $# -gt 0 ]; do
  case "$1" in
    --libraries) libraries=$2; shift 2 ;;
    --out) out=$2; shift 2 ;;
    --most) most=$2; shift 2 ;;
    *) sed -n '2,7s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 2 ;;
  esac
done
mkdir -p "$out"

options=()
[ ! -d "$libraries/usr" ] || options+=("-DCMAKE_PREFIX_PATH=$(cd "$libraries" && pwd)/usr")
generator=$(command -v ninja >/dev/null && echo Ninja || echo "Unix Makefiles")
cmake -S . -B build-gpu -G "$generator" -DCMAKE_BUILD_TYPE=Release -DMANYWORLDS_CUDA=ON -DMANYWORLDS_NATIVE=ON \
  -DMANYWORLDS_BUILD_TESTS=ON -DMANYWORLDS_BUILD_EXAMPLES=ON -DMANYWORLDS_BUILD_BENCH=ON \
  -DCMAKE_COMPILE_WARNING_AS_ERROR=OFF -DCMAKE_CUDA_ARCHITECTURES=90 "${options[@]}" >"$out/configure.log" ||
  { cat "$out/configure.log"; exit 1; }
tests=(cuda_no_device_test cuda_backend_test cuda_parity_test)
cmake --build build-gpu -j "$(nproc)" --target device_bench isolation_case own_policies_cuda place "${tests[@]}"

failed=0
for test in "${tests[@]}"; do
  "build-gpu/tests/$test" --gtest_brief=1 --gtest_output="json:$out/$test.json" || failed=1
done
status=0
build-gpu/tests/device_bench --list >"$out/devices.json" || status=$?
if [ "$status" -eq 3 ]; then
  echo "tests/gpu.sh: built and linked; nothing ran on a device, because there is none"
  exit 3
fi
[ "$status" -eq 0 ] || exit "$status"

if sanitizer=$(command -v compute-sanitizer || ls /usr/local/cuda/bin/compute-sanitizer 2>/dev/null); then
  for tool in memcheck racecheck synccheck initcheck; do
    for run in "cuda_backend_test --gtest_filter=-*NoMemory*" "cuda_parity_test --gtest_filter=*Overflow*"; do
      # shellcheck disable=SC2086  # the filter is a word of its own
      if log="$out/$tool-${run%% *}.log"; timeout 120 "$sanitizer" --tool "$tool" --error-exitcode 1 \
        build-gpu/tests/$run >"$log" 2>&1; then
        echo "$tool ${run%% *}: clean"
      else
        echo "$tool ${run%% *}: see $log"
        failed=1
      fi
    done
  done
else
  echo "tests/gpu.sh: no compute-sanitizer in this toolkit"
fi
build-gpu/tests/device_bench "$out/device.json" "$most"

# Whole searches: the example with policies of its own, the driver with the winner of the CPU, and executors side by side.
build-gpu/examples/cuda/own_policies_cuda || failed=1
for executor in batch cuda_batch cuda_contexts; do
  build-gpu/examples/place --config examples/quickstart.toml --executor "$executor" --output "$out/place_$executor" ||
    failed=1
done
for worlds in 1 4 16 32 64; do
  for executor in batch cuda_batch cuda_contexts; do
    for visibility in hard fresnel; do
      told=$(build-gpu/bench/isolation_case --executor "$executor" "worlds=$worlds" "visibility=$visibility" seconds=1) ||
        { failed=1; continue; }
      echo "{\"executor\": \"$executor\", \"worlds\": $worlds, \"visibility\": \"$visibility\", \"told\": $told}"
    done
  done
done >"$out/searches.jsonl"
exit "$failed"
