"""Which tests a file of the suite holds, read from its name and its META comments.

The names and the META keys are those of web-platform-tests:
https://web-platform-tests.org/writing-tests/testharness.html
"""

import re
from html.parser import HTMLParser
from pathlib import Path

TIMEOUTS = {"normal": 10_000, "long": 60_000}

# META global= to the end of the URL of the page that runs the test there.
WRAPPERS = {
    "window": ".any.html",
    "dedicatedworker": ".any.worker.html",
}
GROUPS = {"worker": ["dedicatedworker"]}
DEFAULT_GLOBALS = "window,dedicatedworker"

META = re.compile(r"//\s*META:\s*([a-z]+)=(.*?)\s*$")


class UnknownMetadata(Exception):
    """A META comment that this runner would otherwise pass over in silence."""


def script_metadata(text):
    """Yield (key, value) of each `// META: key=value` in the leading comments of a script."""
    for line in text.splitlines():
        if not line.startswith("//"):
            break
        match = META.match(line)
        if match:
            yield match.group(1), match.group(2)


def globals_of(value):
    names = []
    for name in (part.strip() for part in value.split(",")):
        names += GROUPS.get(name, [name])
    for name in names:
        if name not in WRAPPERS:
            raise UnknownMetadata(f"META global={name}: this runner knows {', '.join([*WRAPPERS, *GROUPS])}")
    return list(dict.fromkeys(names))


class DocumentMetadata(HTMLParser):
    """Reads `<meta name=timeout>`, `<meta name=variant>` and whether testharness.js is loaded."""

    def __init__(self, text):
        super().__init__()
        self.entries = []
        self.loads_harness = False
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attribute = dict(attributes)
        if tag == "meta" and attribute.get("name") in ("timeout", "variant"):
            self.entries.append((attribute["name"], attribute.get("content") or ""))
        if tag == "script" and (attribute.get("src") or "").endswith("/resources/testharness.js"):
            self.loads_harness = True


def tests_of(url, metadata, kind):
    metadata = list(metadata)
    variants = [value for key, value in metadata if key == "variant"] or [""]
    timeout = next((value for key, value in metadata if key == "timeout"), "normal")
    if timeout not in TIMEOUTS:
        raise UnknownMetadata(f"META timeout={timeout}: this runner knows {', '.join(TIMEOUTS)}")
    return [{"url": url + variant, "kind": kind, "timeout": TIMEOUTS[timeout]} for variant in variants]


def tests_in(path, url):
    """The tests (url, kind, timeout in ms) that the file at `path`, served at `url`, holds."""
    name = path.name
    if name.endswith(".any.js"):
        metadata = list(script_metadata(path.read_text("utf-8")))
        scopes = globals_of(next((value for key, value in metadata if key == "global"), DEFAULT_GLOBALS))
        base = url[: -len(".any.js")]
        return [test for scope in scopes for test in tests_of(base + WRAPPERS[scope], metadata, scope)]
    if name.endswith(".window.js"):
        return tests_of(url[:-3] + ".html", script_metadata(path.read_text("utf-8")), "window")
    if name.endswith(".worker.js"):
        return tests_of(url[:-3] + ".html", script_metadata(path.read_text("utf-8")), "dedicatedworker")
    if name.endswith(".html"):
        document = DocumentMetadata(path.read_text("utf-8"))
        return tests_of(url, document.entries, "window") if document.loads_harness else []
    return []


def tests_under(root, folder):
    """Every test in `folder` below `root`, folders of resources left out, in order of their URLs."""
    found = []
    for path in sorted((root / folder).rglob("*")):
        relative = path.relative_to(root)
        if not path.is_file() or {"resources", "support"} & set(relative.parts[:-1]):
            continue
        try:
            tests = tests_in(path, "/" + relative.as_posix())
        except UnknownMetadata as error:
            raise UnknownMetadata(f"{relative.as_posix()}: {error}") from error
        found += [{"file": relative.as_posix(), **test} for test in tests]
    return found
