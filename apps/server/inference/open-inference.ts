import { Hono } from "hono";
import type { Context } from "hono";
import { parseInferRequest } from "./infer-request.ts";
import { serializeInferResponse } from "./infer-response.ts";
import type { ModelRepository } from "./model-repository.ts";
import { ProtocolError } from "./protocol-error.ts";
import { RequestBodies } from "./request-bodies.ts";

export interface OpenInferenceOptions {
  /** The server's own version, told by `GET /v2`. */
  version: string;
  /** The largest request body, in bytes. */
  bodyLimit: number;
  /** How many runs may be under way or wait; one more is answered with 429. */
  mostRuns: number;
  /** How many bytes the tensors of a run may take at a time; a larger run is answered with 400. */
  mostActivations: number;
}

/** The Open Inference Protocol, version 2, over HTTP: to be mounted at `/v2`. */
export function openInference(repository: ModelRepository, options: OpenInferenceOptions): Hono {
  const app = new Hono();
  let runs = 0;

  app.onError((error, context) => {
    const { status, message } =
      error instanceof ProtocolError
        ? error
        : context.req.raw.signal.aborted
          ? new ProtocolError(400, "The request was stopped on its way.")
          : new ProtocolError(500, "The server failed. Its log says more.");
    if (status === 500) console.error(error);
    if (status === 429) context.header("Retry-After", "1");
    return context.json({ error: message }, status);
  });

  app.get("/", (context) =>
    context.json({ name: "hybrid-ai", version: options.version, extensions: ["binary_tensor_data"] }),
  );
  app.get("/health/live", (context) => context.json({ live: true }));
  app.get("/health/ready", (context) => context.json({ ready: true }));

  async function metadata(context: Context): Promise<Response> {
    const entry = await repository.find(context.req.param("model")!, context.req.param("version"));
    const { inputs, outputs } = await repository.load(entry);
    const { name, version } = entry;
    return context.json({ name, versions: [version], platform: "onnx_onnxruntime", inputs, outputs });
  }

  async function ready(context: Context): Promise<Response> {
    const entry = await repository.find(context.req.param("model")!, context.req.param("version"));
    await repository.load(entry);
    return context.json({ name: entry.name, ready: true });
  }

  const bodies = new RequestBodies(options.bodyLimit, 4 * options.bodyLimit);

  async function infer(context: Context): Promise<Response> {
    requireAMediaType(context.req.header("Content-Type"));
    return bodies.hold(context.req.raw, async (body) => {
      if (runs >= options.mostRuns)
        throw new ProtocolError(429, "The server has enough to do. Try again later.");
      runs += 1;
      try {
        return await run(context, body);
      } finally {
        runs -= 1;
      }
    });
  }

  async function run(context: Context, body: Uint8Array): Promise<Response> {
    const entry = await repository.find(context.req.param("model")!, context.req.param("version"));
    const request = parseInferRequest(body, context.req.header("Inference-Header-Content-Length"));
    const model = await repository.load(entry);
    const wanted =
      request.outputs ?? model.outputs.map(({ name }) => ({ name, binary: request.binaryByDefault }));
    const tensors = await model.run(
      request.inputs,
      wanted.map(({ name }) => name),
      options.mostActivations,
    );
    const outputs = wanted.map(({ name, binary }) => ({ name, binary, tensor: tensors.get(name)! }));
    return respond(context, serializeInferResponse({ ...entry, model: entry.name, id: request.id }, outputs));
  }

  for (const model of ["/models/:model", "/models/:model/versions/:version"]) {
    app.get(model, metadata);
    app.get(`${model}/ready`, ready);
    app.post(`${model}/infer`, infer);
  }
  app.all("*", () => {
    throw new ProtocolError(404, "The Open Inference Protocol, version 2, has no such path and method.");
  });
  return app;
}

/** A page of another origin cannot send these without a preflight. */
function requireAMediaType(contentType = ""): void {
  const [essence = ""] = contentType.split(";");
  if (["application/json", "application/octet-stream"].includes(essence.trim().toLowerCase())) return;
  throw new ProtocolError(415, "Send the Content-Type application/json, or application/octet-stream.");
}

function respond(
  context: Context,
  { body, headerLength }: ReturnType<typeof serializeInferResponse>,
): Response {
  context.header(
    "Content-Type",
    headerLength === undefined ? "application/json" : "application/octet-stream",
  );
  if (headerLength !== undefined) context.header("Inference-Header-Content-Length", String(headerLength));
  return context.body(Buffer.concat(body));
}
