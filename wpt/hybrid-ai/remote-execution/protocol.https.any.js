// META: title=The Open Inference Protocol
// META: timeout=long
// META: global=window,dedicatedworker
// META: script=/resources/testdriver.js
// META: script=/resources/testdriver-vendor.js
// META: script=/common/get-host-info.sub.js
// META: script=../resources/virtual-environment.js
// META: script=../resources/recorder.js
// META: script=../resources/files.js
// META: script=../resources/remote.js
// META: script=../resources/hybrid-model.js

"use strict";

const encodingOf = ({ headers }) => ("inference-header-content-length" in headers ? "binary" : "json");

/** What was posted to the remote; preflights aside. */
async function posts(remote) {
  return (await remote.requests()).filter(({ method }) => method !== "OPTIONS");
}

/** The JSON of an inference request. */
function headerOf({ headers, body }) {
  const length = headers["inference-header-content-length"];
  const json = length === undefined ? body : body.subarray(0, Number(length));
  return JSON.parse(new TextDecoder().decode(json));
}

modelTest(async (t, recorder) => {
  const remote = new Remote();
  const model = await createRemoteModel(t, recorder, { url: remote.url() });
  const result = await model.run(affineInputs(1, -2, 0.5));
  assertAffineResult(result, 1, -2, 0.5);

  const requests = await remote.requests();
  assert_array_equals(
    requests.map(({ method, url }) => `${method} ${url}`),
    [`POST ${remote.url()}/infer`],
  );
  const [{ headers, body }] = requests;
  assert_equals(headers["content-type"], "application/octet-stream");
  const header = headerOf(requests[0]);
  const length = Number(headers["inference-header-content-length"]);
  assert_array_equals(
    [...new Float32Array(body.slice(length).buffer)],
    [1, -2, 0.5],
    "the tensor follows the JSON",
  );
  const [input] = header.inputs;
  assert_equals(header.inputs.length, 1);
  assert_equals(input.name, "x");
  assert_equals(input.datatype, "FP32");
  assert_array_equals(input.shape, [3]);
  assert_equals(input.parameters.binary_data_size, 12);
  assert_false("data" in input, "no numbers beside the bytes");
  assert_equals(header.outputs.length, 1);
  assert_equals(header.outputs[0].name, "y");
  assert_equals(header.outputs[0].parameters.binary_data, true);
  assert_equals(result.receipt.inputBytesSent, body.length, "every byte is counted");
}, "send an inference request, steps 2, 4, 6, 7, 9, and 11, and exchange tensors, step 11: one POST, its tensors in binary");

modelTest(async (t, recorder) => {
  const remote = new Remote();
  const model = await createRemoteModel(t, recorder, { url: remote.url() });
  await model.run(affineInputs(1, 2, 3));
  const [request] = await posts(remote);
  assert_array_equals(Object.keys(headerOf(request)).sort(), ["inputs", "outputs"]);
}, "encode an inference request, step 6: nothing is said beside the tensors");

modelTest(async (t, recorder) => {
  const cookie = `hybrid-ai-${crypto.randomUUID()}`;
  if (typeof document !== "undefined") document.cookie = `${cookie}=1`;
  const remote = new Remote();
  const model = await createRemoteModel(t, recorder, { url: remote.url() });
  await model.run(affineInputs(1, 2, 3));
  const [{ headers }] = await posts(remote);
  assert_false("cookie" in headers, "no cookie");
  assert_false("authorization" in headers, "no authorization");
  assert_false("referer" in headers, "no referrer");
}, "send an inference request, step 8: neither credentials nor a referrer go with it");

modelTest(async (t, recorder) => {
  const remote = new Remote();
  const model = await createRemoteModel(t, recorder, { url: `${remote.url()}/versions/2/` });
  assertAffineResult(await model.run(affineInputs(1, 2, 3)), 1, 2, 3);
  const [{ url }] = await posts(remote);
  assert_equals(url, `${remote.url()}/versions/2/infer`);
}, "send an inference request, step 2: a version and a slash at the end are no matter");

modelTest(async (t, recorder) => {
  const remote = new Remote({ binary: false });
  const model = await createRemoteModel(t, recorder, { url: remote.url() });
  for (const x of [1, 2]) assertAffineResult(await model.run(affineInputs(x, -0, 1.5)), x, -0, 1.5);
  const requests = await posts(remote);
  assert_array_equals(requests.map(encodingOf), ["binary", "json", "json"]);
  const { headers } = requests[1];
  assert_equals(headers["content-type"], "application/json");
  const [{ data, parameters }] = headerOf(requests[1]).inputs;
  assert_array_equals(data, [1, -0, 1.5]);
  assert_equals(parameters, undefined);
}, "infer over HTTP, steps 3.1, 3.2, and 4, and send an inference request, step 5: a server that reads JSON only is spoken to in JSON, and that is remembered");

modelTest(async (t, recorder) => {
  const remote = new Remote({ preflight: 403, origin: get_host_info().REMOTE_ORIGIN });
  const model = await createRemoteModel(t, recorder, { url: remote.url() });
  await assertRunFails(model.run(affineInputs(1, 2, 3)), "network");
  assert_array_equals(await posts(remote), [], "the inputs did not leave");
}, "post an inference request, step 5, and exchange tensors, step 3: a server that allows no such request gets none");

modelTest(async (t, recorder) => {
  const remote = new Remote({ origin: get_host_info().REMOTE_ORIGIN });
  const model = await createRemoteModel(t, recorder, { url: remote.url() });
  const { outputs, receipt } = await model.run(affineInputs(1, 2, 3));
  assertAffineResult({ outputs }, 1, 2, 3);
  assert_equals(receipt.attempts[0].origin, get_host_info().REMOTE_ORIGIN);
}, "write down an attempt, step 4: a remote of another origin is named by it");

modelTest(async (t, recorder) => {
  const remote = new Remote({ cors: false, origin: get_host_info().REMOTE_ORIGIN });
  const model = await createRemoteModel(t, recorder, { url: remote.url() });
  await assertRunFails(model.run(affineInputs(1, 2, 3)), "network");
}, "post an inference request, step 5: an answer that CORS withholds is none");

for (const [status, failure] of [
  [404, "status"],
  [405, "status"],
  [500, "status"],
  [204, "status"],
  [401, "authorization"],
  [403, "authorization"],
  [402, "busy"],
  [429, "busy"],
  [503, "busy"],
]) {
  const step = {
    status: "post an inference request, step 8, and exchange tensors, step 4",
    authorization: "post an inference request, step 6",
  };
  modelTest(
    async (t, recorder) => {
      const remote = new Remote({ status, failures: 2 });
      const model = await createRemoteModel(t, recorder, { url: remote.url() });
      await assertRunFails(model.run(affineInputs(1, 2, 3)), failure);
      if ((await posts(remote)).length < 2) await assertRunFails(model.run(affineInputs(1, 2, 3)), failure);
      assertAffineResult(await model.run(affineInputs(1, 2, 3)), 1, 2, 3);
    },
    `${step[failure] ?? "post an inference request, steps 7.1 and 7.2"}: status ${status} is a failure, and the model usable afterwards`,
  );
}

for (const wrong of ["name", "datatype", "shape", "data"]) {
  for (const binary of [true, false]) {
    modelTest(
      async (t, recorder) => {
        const remote = new Remote({ wrong, binary });
        const model = await createRemoteModel(t, recorder, { url: remote.url() });
        await assertRunFails(model.run(affineInputs(1, 2, 3)), "response");
      },
      `exchange tensors, step 10: outputs with a wrong ${wrong} are refused, in ${binary ? "binary" : "JSON"}`,
    );
  }
}

modelTest(async (t, recorder) => {
  const remote = new Remote({ truncate: 20, length: 999 });
  const model = await createRemoteModel(t, recorder, { url: remote.url() });
  await assertRunFails(model.run(affineInputs(1, 2, 3)), "network");
  assert_equals((await posts(remote)).length, 1, "the inputs are not sent again");
}, "exchange tensors, step 6: a response that breaks off is a failure");

modelTest(async (t, recorder) => {
  const remote = new Remote({ truncate: 20 });
  const headers = { "Inference-Header-Content-Length": "5" };
  const liar = new Remote({ headers });
  for (const { url } of [{ url: remote.url() }, { url: liar.url() }]) {
    const model = await createRemoteModel(t, recorder, { url });
    const receipt = await receiptOfFailure(model.run(affineInputs(1, 2, 3)));
    assert_in_array(receipt.attempts[0].failure, ["network", "response"]);
  }
}, "decode an inference response, step 4: a header that is cut is no header");

modelTest(async (t, recorder) => {
  const elsewhere = new Remote();
  const remote = new Remote({ status: 307, headers: { Location: `${elsewhere.url()}/infer` } });
  const model = await createRemoteModel(t, recorder, { url: remote.url() });
  await assertRunFails(model.run(affineInputs(1, 2, 3)), "network");
  assert_array_equals(await elsewhere.requests(), [], "nothing went on");
}, "send an inference request, step 8: a redirect is a network error, and the inputs do not follow it");

modelTest(async (t, recorder) => {
  const model = await createRemoteModel(t, recorder, {
    url: new URL("../no-such-file.html", location.href).href,
  });
  const receipt = await receiptOfFailure(model.run(affineInputs(1, 2, 3)));
  assert_in_array(receipt.attempts[0].failure, ["network", "status", "response"]);
}, "infer over HTTP, step 5: a web page is no model");

modelTest(async (t, recorder) => {
  const remote = new Remote();
  const model = await createRemoteModel(t, recorder, { url: remote.url() });
  const { receipt } = await model.run(affineInputs(1, 2, 3));
  const [{ claimed }] = receipt.attempts;
  assert_equals(claimed.modelName, "affine");
  assert_false("modelVersion" in claimed);
}, "read the claim, step 2: what the server says of itself is in the receipt, as a claim");
