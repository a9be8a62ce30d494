"""Registers, stack and spills of every kernel, as ptxas reports them for one architecture.

registers.py [--arch sm_90] [--write PAGE | --check PAGE] FILE...
  FILE: what keep_ptxas.sh has kept, or the object of a CUDA source beside which it did; other objects are left out.
  Prints a table; --write puts it into a results page; --check compares with that page and fails, with both figures,
  where a kernel needs 8 registers more, spills more, has a quarter more stack, or is not on the page.
"""
import argparse
import re
import subprocess
import sys


def parse(files, arch):
    """{kernel: (registers, stack, spills)}, the most of all files."""
    kept = [f + ".ptxas" if f.endswith(".o") else f for f in files if f.endswith((".cu.o", ".ptxas"))]
    text = "".join(open(f).read() for f in kept)
    text = subprocess.run(["c++filt"], input=text, capture_output=True, text=True, check=True).stdout
    kernels, name, stack, spills = {}, None, 0, 0
    for line in text.splitlines():
        if entry := re.search(r"Compiling entry function '(.*)' for '(sm_\d+\w*)'", line):
            name = short(entry[1]) if entry[2] == arch else None
        elif frame := re.search(r"(\d+) bytes stack frame, (\d+) bytes spill stores, (\d+) bytes spill loads", line):
            stack, spills = int(frame[1]), int(frame[2]) + int(frame[3])
        elif name and (used := re.search(r"Used (\d+) registers", line)):
            figures = (int(used[1]), stack, spills)
            kernels[name] = tuple(max(pair) for pair in zip(figures, kernels.get(name, figures)))
    return kernels


def short(signature):
    """The kernel with its functor, without namespaces and arguments; what comes from CUB is left out."""
    if "cub::" in signature:
        return None
    signature = re.sub(r"^void ", "", signature)
    depth, end = 0, len(signature)
    for at, c in enumerate(signature):
        depth += (c == "<") - (c == ">")
        if c == "(" and depth == 0:
            end = at
            break
    name = re.sub(r"\b(manyworlds|kernels|backend|cuda|detail|test|optimizer|loss|paths|batch)::", "", signature[:end])
    return name.replace("> >", ">>").replace("> >", ">>")


def table(kernels):
    rows = [f"| `{name}` | {r} | {stack} | {spills} |" for name, (r, stack, spills) in sorted(kernels.items())]
    return ["| kernel | registers | stack, bytes | spills, bytes |", "|---|---|---|---|", *rows]


def read(page):
    rows = re.findall(r"^\| `(.*)` \| (\d+) \| (\d+) \| (\d+) \|$", open(page).read(), re.M)
    return {name: tuple(map(int, figures)) for name, *figures in rows}


def complaints(known, found):
    for name, (registers, stack, spills) in sorted(found.items()):
        if name not in known:
            yield f"{name}: {registers} registers, not on the page"
            continue
        was = known[name]
        if registers > was[0] + 7:
            yield f"{name}: {registers} registers, were {was[0]}"
        if spills > was[2]:
            yield f"{name}: {spills} bytes of spills, were {was[2]}"
        if stack > 1.25 * was[1] + 32:
            yield f"{name}: {stack} bytes of stack, were {was[1]}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+")
    parser.add_argument("--arch", default="sm_90")
    parser.add_argument("--write", metavar="PAGE")
    parser.add_argument("--check", metavar="PAGE")
    options = parser.parse_args()
    found = parse(options.files, options.arch)
    if not found:
        sys.exit(f"no kernel for {options.arch} in {' '.join(options.files)}")
    lines = table(found)
    print("\n".join(lines))
    if options.write:
        text = open(options.write).read()
        before = text[: text.index("| kernel |")]
        open(options.write, "w").write(before + "\n".join(lines) + "\n")
    if options.check:
        wrong = list(complaints(read(options.check), found))
        for line in wrong:
            print(line, file=sys.stderr)
        sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
