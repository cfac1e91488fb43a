"""What the handlers of this folder share: they remember their requests, and answer as badly as a test asks."""

import base64
import json
import time

LOG = "/hybrid-ai/resources/log"
RELEASED = "/hybrid-ai/resources/released"

# Seconds after which waiting is given up: the test has then failed long ago.
PATIENCE = 30
INTERVAL = 0.01

# What a request that is not misbehaved to keeps of its options.
BENIGN = {"file", "pattern", "body", "type", "cors", "ranges"}


# 256 bytes in steps of 7, from each first byte.
RUNS = [bytes((first + index * 7) & 0xFF for index in range(256)) for first in range(256)]


def pattern(size):
    """Bytes that differ from chunk to chunk: i * 7 + (i >> 8) * 13 + (i >> 16), as files.js makes them."""
    return b"".join(RUNS[(run * 13 + (run >> 8)) & 0xFF] for run in range((size + 255) // 256))[:size]


def text(value):
    return value.decode("iso-8859-1") if isinstance(value, bytes) else value


def record(request, token, resource):
    """Remember the request under the token; return how many requests other than preflights came before."""
    entry = {
        "method": request.method,
        "url": request.url,
        "resource": resource,
        "headers": {text(name): text(request.headers[name]) for name in request.headers},
        "body": base64.b64encode(request.body).decode(),
    }
    stash = request.server.stash
    with stash.lock:
        log = stash.take(token, LOG) or []
        stash.put(token, log + [entry], LOG)
    return sum(1 for earlier in log if earlier["method"] != "OPTIONS")


def peek(request, token, path):
    stash = request.server.stash
    with stash.lock:
        value = stash.take(token, path)
        if value is not None:
            stash.put(token, value, path)
    return value


def wait_until(condition):
    end = time.monotonic() + PATIENCE
    while not condition() and time.monotonic() < end:
        time.sleep(INTERVAL)


def run_command(request, response, token, command):
    """`requests` (once there are at least `count` of them), `clear` or `release`."""
    stash = request.server.stash
    if command == "requests":
        count = int(request.GET.first(b"count", b"0"))
        wait_until(lambda: len(peek(request, token, LOG) or []) >= count)
    if command == "clear":
        with stash.lock:
            stash.take(token, LOG)
    if command == "release" and peek(request, token, RELEASED) is None:
        with stash.lock:
            stash.put(token, True, RELEASED)
    response.headers.set(b"Cache-Control", b"no-store")
    response.headers.set(b"Content-Type", b"application/json")
    return json.dumps(peek(request, token, LOG) or [])


def effective(options, earlier):
    """With `failures`, only so many requests are misbehaved to."""
    if "failures" in options and earlier >= options["failures"]:
        return {name: value for name, value in options.items() if name in BENIGN}
    return options


def answer_preflight(response, options):
    response.status = options.get("preflight", 200)
    if options.get("cors", True):
        response.headers.set(b"Access-Control-Allow-Origin", b"*")
        response.headers.set(b"Access-Control-Allow-Methods", b"*")
        response.headers.set(b"Access-Control-Allow-Headers", b"*, Authorization")
    return b""


def write(request, response, token, options, status, headers, body):
    """Write the response with what the options say of its status, headers, length and end."""
    headers = {"Cache-Control": "no-store", "Content-Length": str(len(body)), **headers}
    if options.get("cors", True):
        headers["Access-Control-Allow-Origin"] = "*"
        headers["Access-Control-Expose-Headers"] = "*"
    if "location" in options:
        headers["Location"] = options["location"]
    if "length" in options:
        headers["Content-Length"] = options["length"]
    headers.update(options.get("headers", {}))

    response.close_connection = True
    response.add_required_headers = False
    writer = response.writer
    writer.write_status(options.get("status", status))
    for name, value in headers.items():
        if value is not None:
            writer.write_header(name, str(value))
    # A connection that breaks does not say so before: to some browsers its end is then no error.
    if "truncate" not in options:
        writer.write_header("Connection", "close")
    writer.end_headers()
    if request.method == "HEAD":
        return

    if "truncate" in options:
        body = body[: options["truncate"]]
    if "hold" in options:
        writer.write(body[: options["hold"]])
        wait_until(lambda: peek(request, token, RELEASED))
        body = body[options["hold"] :]
    writer.write(body)
