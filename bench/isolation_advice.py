"""Which executor to take for a size, and why: a sentence or two."""
from isolation_model import cheap_from

ALIKE, LITTLE_MEMORY = 1.02, 1.5


def named(c, base):
    """How a case compares with the one that is taken."""
    text = f"{c.name} {100 * (c.step_s / base.step_s - 1):+,.0f} %"
    if not c.executor.workers:
        return text
    count = cheap_from(c.start_s, c.step_s, base.start_s, base.step_s, c.worlds)
    return (f"{text} and {c.bytes / base.bytes:.1f} times the memory, with its start "
            + ("never within 10 %" if count is None else f"within 10 % from {count:,} iterations on"))


def advice(cases, theirs=None):
    """Of all cases of a size; `theirs`: Ray with Sionna RT at this size, if it was run, and ours beside it."""
    worlds, receivers = cases[0].worlds, cases[0].receivers
    open_ones = [c for c in cases if not c.executor.workers]
    isolated = sorted((c for c in cases if c.executor.workers), key=lambda c: c.step_s)
    base = min(open_ones or isolated, key=lambda c: c.step_s)
    text = f"{worlds} world{'s' if worlds > 1 else ''}, {receivers:,} receivers: take "
    safe = isolated[0] if isolated else None
    if safe and safe is not base and safe.step_s <= ALIKE * base.step_s and safe.bytes <= LITTLE_MEMORY * base.bytes:
        text += f"{base.name} or {safe.name}, which are alike"
    else:
        text += f"{base.name}" + (f"; where worlds may crash {safe.name}" if safe and safe is not base else "")
    text += f". A world-step takes {1e3 * base.step_s:.3g} ms"
    rest = sorted((c for c in cases if c is not base), key=lambda c: c.step_s)
    text += (": " + "; ".join(named(c, base) for c in rest) if rest else "") + "."
    if theirs:
        text += (f" Ray with Sionna RT and SPSA takes {1e3 * theirs['step_s']:,.0f} ms, "
                 f"{theirs['step_s'] / base.step_s:,.0f} times as much as {base.name}.")
    return text
