"""Serves a file as well or as badly as its options say, and remembers each request. See recorder.js for the options."""

import base64
import gzip
import importlib
import json
import os
import re
import uuid

recording = importlib.import_module("hybrid-ai.resources.recording")

TYPES = {".json": "application/json", ".onnx": "application/octet-stream", ".txt": "text/plain"}


def content(options):
    if "file" in options:
        folder = os.path.dirname(os.path.abspath(__file__))
        with open(os.path.join(folder, os.path.basename(options["file"])), "rb") as file:
            return file.read()
    if "pattern" in options:
        return recording.pattern(options["pattern"])
    return base64.b64decode(options.get("body", ""))


def type_of(options):
    extension = os.path.splitext(options.get("file", ""))[1]
    return options.get("type", TYPES.get(extension, "application/octet-stream"))


def spoiled(body, options):
    if "flip" in options:
        index = options["flip"]
        body = body[:index] + bytes([body[index] ^ 0xFF]) + body[index + 1 :]
    return body + b" " * options.get("pad", 0)


def ranged(request, options, body):
    """Status, headers and body for the request's Range, where it is honoured."""
    match = re.fullmatch(r"bytes=(\d+)-(\d*)", recording.text(request.headers.get(b"Range", b"")))
    if match is None or not options.get("ranges", True) or "status" in options:
        return 200, {}, body
    shift = options.get("shift", 0)
    first = int(match.group(1)) + shift
    last = min(int(match.group(2) or len(body)) + shift, len(body) - 1)
    if first > last:
        return 416, {"Content-Range": f"bytes */{len(body)}"}, b""
    return 206, {"Content-Range": f"bytes {first}-{last}/{len(body)}"}, body[first : last + 1]


def signed(request, token, options):
    """The options, with a redirect to a signed URL, or with 403 where that was used as often as it may be."""
    if request.GET.first(b"signature", None) is None:
        location = f"{request.url}&signature={uuid.uuid4()}"
        return {**options, "status": 302, "location": location}
    entries = recording.peek(request, token, recording.LOG) or []
    uses = sum(1 for entry in entries if entry["url"] == request.url and entry["method"] != "OPTIONS")
    return {**options, "status": 403} if uses > options["signed"] else options


def main(request, response):
    token = recording.text(request.GET.first(b"token"))
    command = request.GET.first(b"command", None)
    if command is not None:
        return recording.run_command(request, response, token, recording.text(command))

    options = json.loads(request.GET.first(b"options", b"{}"))
    earlier = recording.record(request, token, options.get("name", ""))
    options = recording.effective(options, earlier)
    if request.method == "OPTIONS":
        return recording.answer_preflight(response, options)

    if "signed" in options:
        options = signed(request, token, options)
    status, headers, body = ranged(request, options, spoiled(content(options), options))
    headers = {"Content-Type": type_of(options), "Accept-Ranges": "bytes", **headers}
    if options.get("gzip", False):
        body = gzip.compress(body)
        headers["Content-Encoding"] = "gzip"
    recording.write(request, response, token, options, status, headers, body)
