// META: script=/hybrid-ai/resources/remote.js

const request = (data = [1, 2, 3]) => ({ inputs: [{ name: "x", shape: [3], datatype: "FP32", data }] });
const post = (url, body, headers) => fetch(`${url}/infer`, { method: "POST", body, headers });

promise_test(async () => {
  const remote = new Remote();
  const response = await post(remote.url(), JSON.stringify({ id: "7", ...request() }));
  const { id, model_name, outputs } = await response.json();
  assert_equals(id, "7");
  assert_equals(model_name, "affine");
  assert_equals(outputs[0].name, "y");
  assert_array_equals(outputs[0].shape, [3]);
  assert_array_equals(outputs[0].data, [3, 5, 7]);
  assert_equals((await remote.requests())[0].resource, "affine/infer");
}, "answers JSON with JSON");

promise_test(async () => {
  const [input] = request().inputs;
  const { data, ...tensor } = { ...input, parameters: { binary_data_size: 12 } };
  const head = new TextEncoder().encode(
    JSON.stringify({ inputs: [tensor], parameters: { binary_data_output: true } }),
  );
  const body = new Uint8Array([...head, ...new Uint8Array(new Float32Array(data).buffer)]);
  const response = await post(new Remote().url(), body, { "Inference-Header-Content-Length": head.length });
  const length = Number(response.headers.get("Inference-Header-Content-Length"));
  const bytes = new Uint8Array(await response.arrayBuffer());
  const answer = JSON.parse(new TextDecoder().decode(bytes.slice(0, length)));
  assert_equals(answer.outputs[0].parameters.binary_data_size, 12);
  assert_array_equals(new Float32Array(bytes.slice(length).buffer), [3, 5, 7]);
}, "answers binary with binary");

promise_test(async () => {
  const body = JSON.stringify(request());
  const status = async (options, headers) => (await post(new Remote(options).url(), body, headers)).status;
  assert_equals(await status({ status: 429 }), 429);
  assert_equals(await status({ binary: false }, { "Inference-Header-Content-Length": "5" }), 400);
  assert_equals(await status({ authorization: "Bearer 1" }), 401);
  assert_equals(await status({ authorization: "Bearer 1" }, { Authorization: "Bearer 1" }), 200);
  assert_equals((await post(new Remote().url("unknown"), body)).status, 404);
  assert_equals((await post(new Remote().url("affine-increment"), body)).status, 400);
}, "fails as it is told");

promise_test(async () => {
  for (const [wrong, member, value] of [
    ["name", "name", "z"],
    ["datatype", "datatype", "INT32"],
    ["shape", "shape", [4]],
    ["data", "data", [3, 5]],
  ]) {
    const answer = await (await post(new Remote({ wrong }).url(), JSON.stringify(request()))).json();
    assert_equals(String(answer.outputs[0][member]), String(value), wrong);
  }
}, "answers wrongly as it is told");

promise_test(async () => {
  const base = new Remote({ ready: false }).url();
  assert_equals((await fetch(`${base}/ready`)).status, 503);
  assert_equals((await fetch(base.replace("models/affine", "health/ready"))).status, 503);
  assert_equals((await (await fetch(base)).json()).inputs[0].name, "x");
}, "tells of itself");
