#!/usr/bin/env bash
# Everything that needs a CUDA device: builds for sm_90 (CUDAARCHS: for others), runs the parity tests, the sanitizers,
# the benchmarks and whole searches. Needs a CUDA toolkit, CMake and a compiler; the libraries come from a folder that
# tests/gpu_prepare.sh has filled elsewhere, or from the system.
#   bash tests/gpu.sh [--libraries FOLDER] [--build FOLDER] [--out FOLDER] [--pack FILE] [--most WORLDS] [PHASE...]
# Phases: build parity sanitize bench search; none named: all, in this order. What is built is kept, so that phases can
# be calls of their own. All but the build end in less than 10 minutes: what takes longer is cut off and has failed.
# Results: FOLDER/device.json with the device's name, checks.jsonl (what passed), searches.jsonl, logs, and all of them
# packed in FILE (FOLDER.tar.gz). bench/device_page.py makes a page of them.
# Leaves with 0, with 1 when something failed, with 3 where there is no device: after what can be done without one.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

libraries=.gpu build=build-gpu out=out-gpu pack='' most=4096 phases=()
while [ $# -gt 0 ]; do
  case "$1" in
    --libraries) libraries=$2; shift 2 ;;
    --build) build=$2; shift 2 ;;
    --out) out=$2; shift 2 ;;
    --pack) pack=$2; shift 2 ;;
    --most) most=$2; shift 2 ;;
    build | parity | sanitize | bench | search) phases+=("$1"); shift ;;
    *) sed -n '2,11s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 2 ;;
  esac
done
[ ${#phases[@]} -gt 0 ] || phases=(build parity sanitize bench search)
phase_end=0  # by the clock of this script, see wanted()
mkdir -p "$out"
out=$(cd "$out" && pwd)
wanted() { [[ " ${phases[*]} " == *" $1 "* ]] && phase_end=$((SECONDS + 560)); }
finish() {
  tar -czf "${pack:-$out.tar.gz}" -C "$out" .
  exit "$1"
}

failed=0
# check NAME SECONDS COMMAND...: a line in checks.jsonl, what it printed in NAME.log.
check() {
  local name=$1 limit=$2 passed=true begin=$SECONDS left=$((phase_end - SECONDS))
  shift 2
  limit=$((left < 1 ? 1 : left < limit ? left : limit))
  timeout --kill-after=10 "$limit" "$@" >"$out/$name.log" 2>&1 </dev/null || passed=false
  echo "{\"check\": \"$name\", \"passed\": $passed, \"seconds\": $((SECONDS - begin))}" | tee -a "$out/checks.jsonl"
  $passed || { failed=1; tail -n 20 "$out/$name.log"; }
}

tests=(cuda_no_device_test cuda_backend_test cuda_every_kernel_test cuda_parity_test)
if wanted build; then
  options=()
  [ ! -d "$libraries/usr" ] || options+=("-DCMAKE_PREFIX_PATH=$(cd "$libraries" && pwd)/usr")
  generator=$(command -v ninja >/dev/null && echo Ninja || echo "Unix Makefiles")
  cmake -S . -B "$build" -G "$generator" -DCMAKE_BUILD_TYPE=Release -DMANYWORLDS_CUDA=ON -DMANYWORLDS_NATIVE=ON \
    -DMANYWORLDS_BUILD_TESTS=ON -DMANYWORLDS_BUILD_EXAMPLES=ON -DMANYWORLDS_BUILD_BENCH=ON \
    -DCMAKE_COMPILE_WARNING_AS_ERROR=OFF "-DCMAKE_CUDA_ARCHITECTURES=${CUDAARCHS:-90}" "${options[@]}" \
    >"$out/configure.log" 2>&1 ||
    { cat "$out/configure.log"; finish 1; }
  # What takes longest first. A build that is cut off goes on where it was in the next call.
  for targets in manyworlds_cuda "device_bench isolation_case own_policies_cuda place search ${tests[*]}"; do
    # shellcheck disable=SC2086  # targets are words
    cmake --build "$build" -j "${CMAKE_BUILD_PARALLEL_LEVEL:-$(nproc)}" --target $targets >"$out/build.log" 2>&1 ||
      { tail -n 40 "$out/build.log"; finish 1; }
  done
  echo "tests/gpu.sh: built and linked"
fi

status=0
"$build/tests/device_bench" --list >"$out/devices.json" 2>"$out/devices.log" || status=$?
if [ "$status" -eq 3 ]; then
  if wanted parity; then check cuda_no_device_test 120 "$build/tests/cuda_no_device_test" --gtest_brief=1; fi
  cat "$out/devices.log"
  echo "tests/gpu.sh: nothing ran on a device, because there is none"
  finish $((failed ? 1 : 3))
fi
[ "$status" -eq 0 ] || { cat "$out/devices.log"; finish 1; }

if wanted parity; then
  for test in "${tests[@]}"; do
    check "$test" 300 "$build/tests/$test" --gtest_brief=1 "--gtest_output=json:$out/$test.json"
  done
fi

if wanted sanitize; then
  if sanitizer=$(command -v compute-sanitizer || ls /usr/local/cuda/bin/compute-sanitizer 2>/dev/null); then
    for tool in memcheck racecheck synccheck initcheck; do
      check "$tool-cuda_every_kernel_test" 90 "$sanitizer" --tool "$tool" --error-exitcode 1 \
        "$build/tests/cuda_every_kernel_test" --gtest_brief=1
      check "$tool-cuda_backend_test" 45 "$sanitizer" --tool "$tool" --error-exitcode 1 \
        "$build/tests/cuda_backend_test" --gtest_brief=1 --gtest_filter=-*NoMemory*
    done
  else
    echo '{"check": "compute-sanitizer", "passed": false, "seconds": 0}' | tee -a "$out/checks.jsonl"
    echo "tests/gpu.sh: no compute-sanitizer in this toolkit"
    failed=1
  fi
fi

if wanted bench; then
  check device_bench 600 "$build/tests/device_bench" "$out/device.json" "$most"
fi

# Whole searches: the example with policies of its own, the driver, and executors side by side.
if wanted search; then
  check own_policies_cuda 60 "$build/examples/cuda/own_policies_cuda"
  for executor in batch cuda_batch cuda_contexts; do
    check "place-$executor" 60 "$build/examples/place" --config examples/quickstart.toml --executor "$executor" \
      --output "$build/place_$executor"
  done
  : >"$out/searches.jsonl"
  for worlds in 1 4 16 32 64; do
    for executor in batch cuda_batch cuda_contexts; do
      for visibility in hard fresnel; do
        name=search-$executor-$worlds-$visibility
        check "$name" 60 "$build/bench/isolation_case" --executor "$executor" "worlds=$worlds" \
          "visibility=$visibility" seconds=1
        ! told=$(grep '^{' "$out/$name.log") || echo "{\"executor\": \"$executor\", \"worlds\": $worlds," \
          "\"visibility\": \"$visibility\", \"told\": $told}" >>"$out/searches.jsonl"
      done
    done
  done
fi
finish "$failed"
