"""Which executor to take for a size, and why: a sentence or two."""
from isolation_model import cheap_from
from report import short

ALIKE, LITTLE_MEMORY = 1.02, 1.5


def named(c, base):
    """How a case compares with the one that is taken."""
    text = f"{c.name} {100 * (c.step_s / base.step_s - 1):+,.0f} %"
    if not c.executor.workers:
        return text
    count = cheap_from(c.start_s, c.step_s, base.start_s, base.step_s, c.worlds)
    cheap = "never cheap" if count is None else f"cheap from {count:,} iterations on"
    return f"{text} ({cheap}, {c.bytes / base.bytes:.1f} times the memory)"


def fastest(cases, better):
    """The fastest; of those that are as fast the one that is `better` by this measure."""
    limit = ALIKE * min(c.step_s for c in cases)
    return min((c for c in cases if c.step_s <= limit), key=better)


def advice(cases, theirs=None):
    """Of all cases of a size; `theirs`: the row of Ray with Sionna RT at this size, if there is one."""
    worlds, receivers = cases[0].worlds, cases[0].receivers
    isolated = [c for c in cases if c.executor.workers]
    safe = fastest(isolated, lambda c: c.bytes) if isolated else None
    together = [c for c in cases if not c.executor.workers]
    base = fastest(together, lambda c: (c.name != "batch", c.step_s)) if together else safe
    text = f"{worlds} world{'s' if worlds > 1 else ''}, {receivers:,} receivers: take {base.name}"
    if safe and safe is not base:
        alike = safe.step_s <= ALIKE * base.step_s and safe.bytes <= LITTLE_MEMORY * base.bytes
        text += f" or {safe.name}, which are alike" if alike else f", where worlds may crash {safe.name}"
    text += f". A world-step takes {short(1e3 * base.step_s)} ms"
    rest = sorted((c for c in cases if c is not base), key=lambda c: c.step_s)
    text += (": " + "; ".join(named(c, base) for c in rest) if rest else "") + "."
    if theirs:
        text += (f" Ray with Sionna RT and SPSA: {short(1e3 * theirs['step_s'])} ms, "
                 f"{short(theirs['step_s'] / base.step_s)} times as much as {base.name}.")
    return text
