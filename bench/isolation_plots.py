"""The three plots of isolation_vs_batching.py."""
import os

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot, ticker  # noqa: E402

# Of the executors: told apart by those who see few colours, with a mark of their own besides.
STYLES = [("#4d4d4d", "o"), ("#0072b2", "s"), ("#d55e00", "^"), ("#e69f00", "v"), ("#009e73", "D"), ("#cc79a7", "P"),
          ("#56b4e9", "X"), ("#7b3294", "*"), ("#8c510a", "<"), ("#000000", ">")]


def draw(cases, folder):
    """Writes them; returns title and file of each."""
    names = list(dict.fromkeys(c.name for c in cases))
    styles = {name: dict(zip(("color", "marker"), STYLES[i % len(STYLES)])) for i, name in enumerate(names)}
    receivers = min({c.receivers for c in cases}, key=lambda r: abs(r - 1000))
    shown = [c for c in cases if c.receivers == receivers]
    files = []

    def save(figure, axes, title, file):
        axes.grid(alpha=0.3, which="both")
        axes.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
        figure.savefig(os.path.join(folder, file), dpi=120)
        pyplot.close(figure)
        files.append((title, file))

    def curves(file, title, label, value):
        figure, axes = pyplot.subplots(figsize=(8.5, 4.5), layout="constrained")
        for name in names:
            points = sorted((c.worlds, value(c)) for c in shown if c.name == name)
            if points:
                axes.plot(*zip(*points), label=name, **styles[name])
        axes.set(xscale="log", yscale="log", xlabel="worlds", ylabel=label, title=f"{title}, {receivers:,} receivers")
        ticks = sorted({c.worlds for c in shown})
        axes.set_xticks(ticks, [str(t) for t in ticks])
        axes.xaxis.set_minor_locator(ticker.NullLocator())
        least, most = axes.get_ylim()
        digits = (1, 2, 5) if most > 30 * least else (1, 1.5, 2, 3, 5, 7)
        axes.yaxis.set_major_locator(ticker.LogLocator(subs=digits, numticks=30))
        axes.yaxis.set_major_formatter(ticker.FuncFormatter(lambda y, _: f"{y:,.10g}"))
        axes.yaxis.set_minor_locator(ticker.NullLocator())
        save(figure, axes, title, file)

    curves("isolation-throughput.png", "Throughput", "world-steps per second", lambda c: 1 / c.step_s)
    curves("isolation-memory.png", "Memory", "resident MB in all", lambda c: c.bytes / 1e6)
    figure, axes = pyplot.subplots(figsize=(8.5, 4.5), layout="constrained")
    worlds = min({c.worlds for c in shown}, key=lambda w: abs(w - 32))
    for c in shown:
        if c.worlds == worlds:
            axes.step(*zip(*c.losses), where="post", label=c.name, color=styles[c.name]["color"])
    axes.set(xlabel="seconds since the process started", ylabel="best loss so far, dB",
             title=f"Loss against wall time, {worlds} worlds, {receivers:,} receivers")
    save(figure, axes, "Loss against wall time", "isolation-loss.png")
    return files
