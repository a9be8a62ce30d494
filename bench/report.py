"""Results pages in Markdown: printed as they come, then written beside what a person has remarked on them."""
import os
import textwrap


def short(value):
    """Three digits of a number, all of those before the point."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


class Report:
    def __init__(self):
        self.lines = []

    def __call__(self, *lines):
        print(*lines, sep="\n", flush=True)
        self.lines += lines

    def text(self, words, item=False):
        """A paragraph of its own, or an item of a list, in lines of a page's width."""
        if not item:
            self("")
        self(*textwrap.wrap(" ".join(words.split()), 118, initial_indent="- " if item else "",
                            subsequent_indent="  " if item else "", break_long_words=False, break_on_hyphens=False))

    def table(self, title, *head):
        """Begins a table; `title`: of a section of its own, or None."""
        self("", f"## {title}", "") if title else self("")
        self("| " + " | ".join(head) + " |", "|" + "---|" * len(head))

    def row(self, *cells):
        self("| " + " | ".join(str(c) for c in cells) + " |")

    def write(self, file):
        """Writes all lines; what stands in the file from the line "## Remarks" on is kept."""
        text = open(file).read().splitlines() if os.path.exists(file) else []
        at = next((i for i, line in enumerate(text) if line.startswith("## Remarks")), len(text))
        with open(file, "w") as f:
            f.write("\n".join([*self.lines, *([""] if at < len(text) else []), *text[at:]]) + "\n")
