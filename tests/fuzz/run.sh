#!/bin/bash
# Fuzzes what reads bytes of others: tests/fuzz/run.sh [SECONDS [scene|state]] (default 600, both in turn). Needs clang++
# with libFuzzer (Debian: clang libclang-rt-14-dev), Eigen and pugixml. New inputs go to build/fuzz/found_*, crashes to
# build/fuzz.
set -euo pipefail
cd "$(dirname "$0")/../.."
for name in ${2:-scene state}; do
  mkdir -p "build/fuzz/found_$name"
  ${CXX:-clang++} -std=c++20 -g -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined \
    -Iinclude -Ikernels -isystem /usr/include/eigen3 "tests/fuzz/${name}_fuzz.cpp" -o "build/fuzz/${name}_fuzz" -lpugixml
  build/fuzz/"${name}_fuzz" -max_total_time="${1:-600}" -max_len=8192 -timeout=10 -rss_limit_mb=1024 \
    -dict="tests/fuzz/$name.dict" -artifact_prefix=build/fuzz/ "build/fuzz/found_$name" "tests/fuzz/corpus_$name"
done
