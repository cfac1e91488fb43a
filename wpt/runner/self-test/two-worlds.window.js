// META: script=/resources/testdriver.js
// META: script=/resources/testdriver-vendor.js
// META: script=/hybrid-ai/resources/virtual-environment.js
// META: script=/hybrid-ai/resources/recorder.js
// META: script=/hybrid-ai/resources/remote.js
// META: script=/hybrid-ai/resources/two-worlds.js

const secret = { limit: ["device", "any"] };
const limit = () => globalThis[Symbol.for("hybrid-ai testing")].environment.limit;
const ask = (world, name) => fetch(world.recorder.url("bytes.txt"), { headers: { "X-Name": name } });

twoWorldsTest({ secret, page: () => ({ a: [1, new Uint8Array([2])] }) }, "same: results");
twoWorldsTest({ secret, page: limit }, "different: results");
twoWorldsTest(
  { secret, page: () => (limit() === "any" ? { a: 1, b: 2 } : { b: 2, a: 1 }) },
  "different: order of members",
);
twoWorldsTest({ secret, page: () => new Uint8Array(limit().length) }, "different: buffers");

const fail = (message) => {
  throw new DOMException(message, "NotSupportedError");
};
twoWorldsTest({ secret, throws: "NotSupportedError", page: () => fail("no") }, "same: errors");
twoWorldsTest(
  { secret, throws: "NotSupportedError", page: () => fail(limit()) },
  "different: messages of errors",
);
twoWorldsTest({ secret, page: () => fail("no") }, "different: an error that nobody expects");
twoWorldsTest(
  { secret, throws: "NotSupportedError", page: () => {} },
  "different: no error where one is expected",
);

twoWorldsTest({ secret, page: (world) => world.record(1) }, "same: events");
twoWorldsTest({ secret, page: (world) => world.record(limit()) }, "different: events");

twoWorldsTest({ secret, page: (world) => ask(world, "x").then(() => {}) }, "same: requests");
twoWorldsTest({ secret, page: (world) => ask(world, limit()).then(() => {}) }, "different: requests");
twoWorldsTest(
  { secret, page: (world) => (limit() === "any" ? ask(world, "x").then(() => {}) : undefined) },
  "different: no request",
);
