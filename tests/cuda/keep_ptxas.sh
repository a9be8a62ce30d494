#!/usr/bin/env bash
# Compiler launcher: runs the compiler, keeps what ptxas says of registers beside the object file (FILE.o.ptxas), and
# prints the rest.
set -uo pipefail
object=
for ((i = 1; i < $#; ++i)); do
  [ "${!i}" != -o ] || { next=$((i + 1)); object=${!next}; }
done
said=$("$@" 2>&1)
result=$?
ptxas='^ptxas info|bytes stack frame|^$'
[ -z "$object" ] || grep -E "$ptxas" <<<"$said" >"$object.ptxas"
grep -Ev "$ptxas" <<<"$said" >&2
exit $result
