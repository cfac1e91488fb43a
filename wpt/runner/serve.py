"""The server of the tests: wptserve, and the pages that its users expect around a test script.

Reads one line of JSON from standard input:

    {"root": folder, "tests": [folder below root], "mounts": {"/url/": folder}, "files": {"/url": file},
     "harnessReport": file, "timeoutMultiplier": number, "polyfill": url or null}

answers with one line of JSON on standard output:

    {"host": name, "ports": [number, number], "tests": [{"file", "url", "kind", "timeout"}]}

and stops when standard input ends.
"""

import html
import json
import logging
import re
import runpy
import sys
from pathlib import Path

from wptserve import handlers
from wptserve.config import ConfigBuilder
from wptserve.pipes import resolve_content
from wptserve.request import Server
from wptserve.server import Http1WebTestRequestHandler, WebTestHttpd
from wptserve.stash import StashServer
from wptserve.utils import HTTPException

from source_file import UnknownMetadata, script_metadata, tests_under

# Every name below localhost is this machine, a secure context and an origin of its own.
HOST = "web-platform.localhost"
OTHER_HOST = "not-web-platform.localhost"
SUBDOMAINS = {"www", "www1", "www2"}

DOCTYPE = re.compile(rb"\A\s*<!doctype html>\s*", re.IGNORECASE)

WINDOW_PAGE = """<!doctype html>
<meta charset=utf-8>
{meta}
{polyfill}
<script>
self.GLOBAL = {{ isWindow() {{ return true; }}, isWorker() {{ return false; }}, isShadowRealm() {{ return false; }} }};
</script>
<script src="/resources/testharness.js"></script>
<script src="/resources/testharnessreport.js"></script>
{scripts}
<div id=log></div>
<script src="{test}"></script>
"""

WORKER_PAGE = """<!doctype html>
<meta charset=utf-8>
{meta}
<script src="/resources/testharness.js"></script>
<script src="/resources/testharnessreport.js"></script>
<div id=log></div>
<script>
const worker = new Worker("{worker}");
let isSpeaking = false;
worker.addEventListener("message", () => {{ isSpeaking = true; }}, {{ once: true }});
worker.addEventListener("error", ({{ message }}) => {{
  // From a worker whose harness has not begun, testharness.js hears nothing.
  if (!isSpeaking) throw new Error(`in the worker: ${{message}}`);
}});
fetch_tests_from_worker(worker);
</script>
"""

WORKER_SCRIPT = """{polyfill}
self.GLOBAL = {{ isWindow() {{ return false; }}, isWorker() {{ return true; }}, isShadowRealm() {{ return false; }} }};
importScripts("/resources/testharness.js");
{scripts}
importScripts("{test}");
done();
"""


def served_file(root, request, ends, becomes):
    """The test script behind the URL of a page that wraps it."""
    path = request.url_parts.path
    relative = path[1 : -len(ends)] + becomes
    file = Path(handlers.filesystem_path(str(root), request)).parent / Path(relative).name
    if not file.is_file():
        raise HTTPException(404)
    return file, "/" + relative


def query_of(request):
    return "?" + request.url_parts.query if request.url_parts.query else ""


def metadata_of(file):
    return list(script_metadata(file.read_text("utf-8")))


def meta_tags(metadata):
    for key, value in metadata:
        if key == "title":
            yield f"<title>{html.escape(value, quote=False)}</title>"
        if key == "timeout":
            yield f'<meta name=timeout content="{html.escape(value)}">'


def scripts_of(metadata):
    return [value for key, value in metadata if key == "script"]


def with_headers(file, request, response, content_type, content):
    response.headers.set("Content-Type", content_type)
    response.headers.update(handlers.load_headers(request, str(file)))
    return content


def window_page(root, polyfill, ends, becomes):
    def handle(request, response):
        file, test = served_file(root, request, ends, becomes)
        metadata = metadata_of(file)
        scripts = [f'<script src="{html.escape(script)}"></script>' for script in scripts_of(metadata)]
        page = WINDOW_PAGE.format(
            meta="\n".join(meta_tags(metadata)),
            polyfill=f'<script src="{polyfill}"></script>' if polyfill else "",
            scripts="\n".join(scripts),
            test=html.escape(test + query_of(request)),
        )
        return with_headers(file, request, response, "text/html", page)

    return handlers.handler(handle)


def worker_page(root, ends, becomes, worker_ends):
    def handle(request, response):
        file, test = served_file(root, request, ends, becomes)
        worker = test[: -len(becomes)] + worker_ends + query_of(request)
        page = WORKER_PAGE.format(meta="\n".join(meta_tags(metadata_of(file))), worker=worker)
        return with_headers(file, request, response, "text/html", page)

    return handlers.handler(handle)


def worker_script(root, polyfill, ends, becomes):
    def handle(request, response):
        file, test = served_file(root, request, ends, becomes)
        script = WORKER_SCRIPT.format(
            polyfill=f'importScripts("{polyfill}");' if polyfill else "",
            scripts="\n".join(f'importScripts("{script}");' for script in scripts_of(metadata_of(file))),
            test=test + query_of(request),
        )
        return with_headers(file, request, response, "text/javascript", script)

    return handlers.handler(handle)


class PromptRequestHandler(Http1WebTestRequestHandler):
    """wptserve writes a response in many small pieces: none is to wait for the next."""

    disable_nagle_algorithm = True


# jsdom tells nobody of a frame's window before its scripts run, so that the frame must tell: see targets/jsdom-page.ts.
FRAME_OF_JSDOM = (
    b"<script>if (top !== self && / jsdom\\//.test(navigator.userAgent)) "
    b'top[Symbol.for("web-platform-tests frame")](self);</script>'
)


class PolyfilledFileHandler(handlers.FileHandler):
    """Serves a file; the polyfill becomes the first script of each document and of each classic worker."""

    def __init__(self, base_path, polyfill):
        super().__init__(base_path)
        self.polyfill = polyfill.encode()

    def __call__(self, request, response):
        super().__call__(request, response)
        if request.url_parts.path.endswith(".html"):
            tags = FRAME_OF_JSDOM + b'<script src="' + self.polyfill + b'"></script>'
            response.content = DOCTYPE.sub(lambda match: match.group() + tags, resolve_content(response), count=1)
        elif request.headers.get("Sec-Fetch-Dest") == b"worker":
            response.content = b'importScripts("' + self.polyfill + b'"); ' + resolve_content(response)


def routes_of(root, order):
    """wptserve takes the first route that matches."""
    polyfill = order["polyfill"]
    multiplier = {"timeout_multiplier": order["timeoutMultiplier"]}
    harness_report = handlers.StaticHandler(order["harnessReport"], multiplier, "text/javascript")
    yield ("GET", "/resources/testharnessreport.js", harness_report)
    yield from (("GET", url, static_file(file)) for url, file in order["files"].items())
    for url, folder in order["mounts"].items():
        yield ("GET", url + "*", handlers.FileHandler(folder, url))
    for script in root.rglob("remote.py"):
        yield ("*", f"/{script.relative_to(root).as_posix()}/*", script_with_path(script))
    yield ("*", "*.py", handlers.python_script_handler)
    yield ("GET", "*.asis", handlers.as_is_handler)
    yield ("GET", "*.any.html", window_page(root, polyfill, ".any.html", ".any.js"))
    yield ("GET", "*.window.html", window_page(root, polyfill, ".window.html", ".window.js"))
    yield ("GET", "*.any.worker.html", worker_page(root, ".any.worker.html", ".any.js", ".any.worker.js"))
    yield ("GET", "*.any.worker.js", worker_script(root, polyfill, ".any.worker.js", ".any.js"))
    yield ("GET", "*.worker.html", worker_page(root, ".worker.html", ".worker.js", ".worker.js"))
    yield ("GET", "*", PolyfilledFileHandler(None, polyfill) if polyfill else handlers.file_handler)


def script_with_path(script):
    """A Python handler whose URL goes on after its name. Upstream's server has no such route: it is proposed with the tests."""
    return handlers.handler(lambda request, response: runpy.run_path(str(script))["main"](request, response))


def static_file(file):
    path = Path(file)
    return handlers.handler(lambda request, response: ([("Content-Type", handlers.guess_content_type(file))], path.read_bytes()))


def configuration(logger, root, ports):
    builder = ConfigBuilder(
        logger,
        browser_host=HOST,
        server_host="127.0.0.1",
        alternate_hosts={"alt": OTHER_HOST},
        subdomains=SUBDOMAINS,
        doc_root=str(root),
        ports={"http": ports},
    )
    config = builder.__enter__()
    # Upstream's `.https.` tests ask for these. Here plain localhost is the secure context.
    config["ports"]["https"] = ports
    return config


def main():
    order = json.loads(sys.stdin.readline())
    root = Path(order["root"])
    try:
        tests = [test for folder in order["tests"] for test in tests_under(root, folder)]
        for test in tests:
            test["timeout"] *= order["timeoutMultiplier"]
    except UnknownMetadata as error:
        sys.exit(str(error))

    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="server: %(message)s")
    logger = logging.getLogger("wptserve")

    with StashServer():
        routes = list(routes_of(root, order))
        options = {"doc_root": str(root), "routes": routes, "handler_cls": PromptRequestHandler}
        servers = [WebTestHttpd(host="127.0.0.1", port=0, **options) for _ in range(2)]
        ports = [server.port for server in servers]
        Server.config = configuration(logger, root, ports)
        for server in servers:
            server.start()
        print(json.dumps({"host": HOST, "ports": ports, "tests": tests}), flush=True)
        sys.stdin.read()
        # What still answers, such as to a request that a page has left held, dies with the stash and need not say so.
        logging.disable()
        for server in servers:
            server.stop()


if __name__ == "__main__":
    main()
