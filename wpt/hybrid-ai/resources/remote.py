"""A minimal Open Inference Protocol v2 server over the models of this folder, which remembers each request.

The path goes on after the script's name: `/{token}/{options}/v2/models/{model}/infer`, the options being JSON in base64url.
See remote.js for the options.
"""

import base64
import importlib
import json
import re
import struct

recording = importlib.import_module("hybrid-ai.resources.recording")

# Each model: the name of its input, of its output, and what it does to an element.
MODELS = {
    "affine": ("x", "y", lambda x: 2 * x + 1),
    "affine-double": ("x", "h", lambda x: 2 * x),
    "affine-increment": ("h", "y", lambda h: h + 1),
}
SHAPE = [3]
BINARY_HEADER = "Inference-Header-Content-Length"

# What an answer can be told to have wrong.
SPOILERS = {
    "name": lambda output: output.update(name="z"),
    "datatype": lambda output: output.update(datatype="INT32"),
    "shape": lambda output: output.update(shape=[4]),
    "data": lambda output: output.update(data=output["data"][:-1]),
}

PATH = re.compile(
    r".*/remote\.py/(?P<token>[^/]+)/(?P<options>[^/]*)"
    r"(?:/v2/health/(?P<health>live|ready)"
    r"|/v2/models/(?P<model>[^/]+)(?:/versions/[^/]+)?(?P<action>/infer|/ready|))"
)


class BadRequest(Exception):
    pass


def floats_of(tensor, binary):
    """The elements of a tensor of a request, and what is left of its binary data."""
    if tensor["datatype"] != "FP32" or tensor["shape"] != SHAPE:
        raise BadRequest(f"expected FP32 of shape {SHAPE}, got {tensor['datatype']} of shape {tensor['shape']}")
    size = tensor.get("parameters", {}).get("binary_data_size")
    if size is None:
        return [float(value) for value in tensor["data"]], binary
    if size != 12 or len(binary) < size:
        raise BadRequest(f"expected 12 bytes of data, got {min(size, len(binary))}")
    return list(struct.unpack("<3f", binary[:size])), binary[size:]


def read(request, options):
    """The request's JSON and the binary data behind it."""
    length = request.headers.get(BINARY_HEADER)
    if length is None:
        return json.loads(request.body), b""
    if not options.get("binary", True):
        raise BadRequest("this server reads JSON only")
    return json.loads(request.body[: int(length)]), request.body[int(length) :]


def wants_binary(inference):
    if inference.get("parameters", {}).get("binary_data_output"):
        return True
    return any(output.get("parameters", {}).get("binary_data") for output in inference.get("outputs", []))


def infer(request, model, options):
    """Headers and body of the answer to an inference request."""
    input_name, output_name, function = MODELS[model]
    inference, binary = read(request, options)
    named = {tensor["name"]: tensor for tensor in inference["inputs"]}
    if set(named) != {input_name}:
        raise BadRequest(f"expected the input {input_name}, got {', '.join(named) or 'none'}")
    elements, _ = floats_of(named[input_name], binary)

    output = {"name": output_name, "datatype": "FP32", "shape": SHAPE, "data": [function(x) for x in elements]}
    if "wrong" in options:
        SPOILERS[options["wrong"]](output)
    answer = {"model_name": model, "outputs": [output]}
    if "id" in inference:
        answer["id"] = inference["id"]
    if not (options.get("binary", True) and wants_binary(inference)):
        return {"Content-Type": "application/json"}, json.dumps(answer).encode()

    data = output.pop("data")
    packed = struct.pack(f"<{len(data)}f", *data)
    output["parameters"] = {"binary_data_size": len(packed)}
    head = json.dumps(answer).encode()
    return {"Content-Type": "application/octet-stream", BINARY_HEADER: str(len(head))}, head + packed


def respond(request, match, options):
    """Status, headers and body."""
    json_type = {"Content-Type": "application/json"}
    if "authorization" in options and request.headers.get("Authorization") != options["authorization"].encode():
        return 401, json_type, b'{"error": "unauthorized"}'
    if match["health"] or match["action"] == "/ready":
        return (200 if options.get("ready", True) else 503), json_type, b"{}"
    if match["model"] not in MODELS:
        return 404, json_type, b'{"error": "there is no such model"}'
    if match["action"] == "":
        input_name, output_name, _ = MODELS[match["model"]]
        tensor = {"datatype": "FP32", "shape": SHAPE}
        metadata = {
            "name": match["model"],
            "platform": "onnx",
            "inputs": [{"name": input_name, **tensor}],
            "outputs": [{"name": output_name, **tensor}],
        }
        return 200, json_type, json.dumps(metadata).encode()
    if "status" in options:
        return options["status"], json_type, b'{"error": "as the test asked"}'
    try:
        return 200, *infer(request, match["model"], options)
    except BadRequest as error:
        return 400, json_type, json.dumps({"error": str(error)}).encode()


def main(request, response):
    match = PATH.fullmatch(request.url_parts.path)
    if match is None:
        command = re.fullmatch(r".*/remote\.py/(?P<token>[^/]+)", request.url_parts.path)
        if command is None or b"command" not in request.GET:
            return (404, []), [], b"not a path of the Open Inference Protocol"
        name = recording.text(request.GET.first(b"command"))
        return recording.run_command(request, response, command["token"], name)

    encoded = match["options"]
    options = json.loads(base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)))
    resource = match["model"] + match["action"] if match["model"] else "health/" + match["health"]
    earlier = recording.record(request, match["token"], resource)
    options = {**recording.effective(options, earlier), **kept(options)}
    if request.method == "OPTIONS":
        return recording.answer_preflight(response, options)
    status, headers, body = respond(request, match, options)
    recording.write(request, response, match["token"], {**options, "status": status}, status, headers, body)


def kept(options):
    """What is a property of the server, not a failure that passes."""
    return {name: options[name] for name in ("binary", "authorization") if name in options}
