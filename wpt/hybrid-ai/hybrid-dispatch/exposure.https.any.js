// META: title=Exposure
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
// META: script=../resources/two-worlds.js

"use strict";

const remoteOf = (origin) => new Remote({ origin: get_host_info()[origin] });

for (const exposure of ["device", "site", "any"]) {
  for (const limit of ["device", "site", "any"]) {
    for (const origin of ["ORIGIN", "NOTSAMESITE_ORIGIN"]) {
      const narrower = [exposure, limit].includes("device")
        ? "device"
        : [exposure, limit].includes("site")
          ? "site"
          : "any";
      const isPermitted = narrower === "any" || (narrower === "site" && origin === "ORIGIN");
      modelTest(
        async (t, recorder) => {
          const remote = remoteOf(origin);
          const creation = createModel(t, recorder, {
            manifest: remoteOnlyManifest(),
            remotes: [{ url: remote.url() }],
            exposure,
          });
          if (!isPermitted) {
            await promise_rejects_dom(t, "NotSupportedError", creation);
            assert_array_equals(await remote.requests(), [], "no request was made");
            return;
          }
          const model = await creation;
          assertAffineResult(await model.run(affineInputs(1, 2, 3)), 1, 2, 3);
        },
        `permits, steps 3.1, 3.2, 3.4, and 4: the page says "${exposure}", the user "${limit}", the remote is of ${origin === "ORIGIN" ? "the same" : "another"} site`,
        { exposureLimit: limit },
      );
    }
  }
}

for (const exposure of ["site", "any"]) {
  modelTest(
    async (t, recorder) => {
      const run = async ({ x }) => ({ y: x });
      const creation = createModel(t, recorder, {
        manifest: remoteOnlyManifest(),
        remotes: [{ run }],
        exposure,
      });
      if (exposure === "any") await creation;
      else await promise_rejects_dom(t, "NotSupportedError", creation);
    },
    `permits, step 3.3: a function is ${exposure === "any" ? "" : "not "}permitted at "${exposure}"`,
  );
}

modelTest(
  (t, recorder) => promise_rejects_js(t, TypeError, createModel(t, recorder, { exposure: "country" })),
  "create(): an exposure that does not exist is a TypeError",
);

// --- at "device", nothing leaves, whatever goes wrong

const trouble = [
  ["nothing goes wrong", {}],
  ["the client fails", { client: { outcome: "fail" } }],
  ["the client is lost", { client: { outcome: "lose" } }],
  ["the client stalls", { client: { outcome: "stall" } }],
];
for (const [what, executors] of trouble) {
  for (const [who, exposure, limit] of [
    ["the page", "device", "any"],
    ["the user", "any", "device"],
  ]) {
    modelTest(
      async (t, recorder) => {
        const remote = new Remote();
        let calls = 0;
        const asked = () => {
          calls += 1;
          return {};
        };
        const remotes = [{ url: remote.url(), authorize: asked }, { run: asked }];
        const model = await createModel(t, recorder, { remotes, exposure });
        assert_false(await isSettled(model.lost));
        await recorder.clear();

        await virtualEnvironment(t, { deviceClass: "class-8", exposureLimit: limit, executors });
        const settled = await model.run(affineInputs(1, 2, 3), { deadline: 60_000 }).catch((error) => error);
        if (what === "nothing goes wrong") assertAffineResult(settled, 1, 2, 3);
        else assert_true(settled instanceof ModelRunError, String(settled));
        assert_array_equals(await remote.requests(), [], "the remote was not spoken to");
        assert_array_equals(await recorder.requests(), [], "nobody else was");
        assert_equals(calls, 0, "no function was called");
      },
      `dispatch a run, step 1.5: ${who} says "device", and ${what}: a run makes no request`,
      { exposureLimit: limit },
    );
  }
}

modelTest(async (t, recorder) => {
  const remote = new Remote();
  const model = await createRemoteModel(t, recorder, { url: remote.url() });
  await model.run(affineInputs(1, 2, 3));
  await remote.clear();
  await virtualEnvironment(t, { deviceClass: "class-8", exposureLimit: "device" });
  const receipt = await receiptOfFailure(model.run(affineInputs(1, 2, 3)));
  assert_array_equals(receipt.attempts, []);
  assert_array_equals(await remote.requests(), []);

  await virtualEnvironment(t, { deviceClass: "class-8" });
  assertAffineResult(await model.run(affineInputs(1, 2, 3)), 1, 2, 3);
}, "dispatch a run, step 1.5: a limit that the user sets now binds the next run");

// --- what the user says is not told

const limits = { exposureLimit: ["device", "site", "any"] };

/** What a page sees of a model that it asks for, creates, runs and destroys. */
async function life(world, { manifest, ...options }) {
  const source = { manifest: serveManifest(manifest, world.recorder), ...options };
  world.record(await HybridModel.availability(source));
  const model = await HybridModel.create({ ...source, monitor: world.monitor });
  world.record("created");
  model.clientReady.then(() => world.record("client ready"));
  model.lost.then((info) => world.record(info));
  await model.clientReady;
  world.record(await model.run(affineInputs(1, 2, 3)));
  world.record(await model.run(affineInputs(1, 2)).catch((error) => error));
  model.destroy();
  await model.lost;
  return "done";
}

twoWorldsTest(
  {
    secret: limits,
    environment: { deviceClass: "class-8" },
    page: (world) => life(world, { manifest: affineManifest(), remotes: [] }),
  },
  "permits, step 2: where the page names no remote, nothing tells the user's limit",
);

twoWorldsTest(
  {
    secret: limits,
    environment: { deviceClass: "class-8" },
    page: (world) =>
      life(world, { manifest: affineManifest(), exposure: "device", remotes: [{ url: world.remote.url() }] }),
  },
  "permits, step 2: where the page itself permits no remote, nothing tells the user's limit",
);

twoWorldsTest(
  {
    secret: limits,
    environment: { deviceClass: "class-8" },
    throws: "NotSupportedError",
    page: (world) =>
      life(world, {
        manifest: remoteOnlyManifest(),
        exposure: "device",
        remotes: [{ url: world.remote.url() }],
      }),
  },
  "finish a creation, step 4: where nothing can run the model, nothing tells the user's limit",
);

twoWorldsTest(
  {
    secret: { exposureLimit: ["device", "site"] },
    environment: { deviceClass: "class-8" },
    remote: { origin: get_host_info().NOTSAMESITE_ORIGIN },
    throws: "NotSupportedError",
    page: (world) => life(world, { manifest: remoteOnlyManifest(), remotes: [{ url: world.remote.url() }] }),
  },
  "permits, step 3.4: which limit it is that forbids a remote is not told",
);

twoWorldsTest(
  {
    secret: limits,
    environment: { deviceClass: "class-8" },
    page: async (world) => {
      const manifest = serveManifest(affineManifest(), world.recorder);
      return HybridModel.availability({ manifest, remotes: [{ url: world.remote.url() }] });
    },
  },
  "work out the availability, step 5: where the client can run the model, the answer does not tell the user's limit",
);

/** Everything that a page sees of a creation: the answers before it, its end, and the requests. */
async function sightOf(t, environment, options) {
  await virtualEnvironment(t, { deviceClass: "class-8", ...environment });
  const [recorder, remote] = [new Recorder(), new Remote()];
  const manifest = serveManifest(remoteOnlyManifest(), recorder);
  const source = { manifest, ...options(remote) };
  const events = [await HybridModel.availability(source)];
  const monitor = () => events.push("monitor");
  const creation = HybridModel.create({ ...source, monitor }).then(
    () => events.push("created"),
    (error) => events.push(error.name, error.message, error.code, Object.getOwnPropertyNames(error).join()),
  );
  await creation;
  const requests = [...(await recorder.requests()), ...(await remote.requests())];
  return JSON.stringify([events, requests.map(({ method, resource }) => `${method} ${resource}`)]);
}

promise_test(async (t) => {
  const forbidden = await sightOf(t, { exposureLimit: "device" }, (remote) => ({
    remotes: [{ url: remote.url() }],
  }));
  const impossible = await sightOf(t, {}, () => ({ remotes: [] }));
  const byThePage = await sightOf(t, {}, (remote) => ({
    remotes: [{ url: remote.url() }],
    exposure: "device",
  }));
  assert_equals(forbidden, impossible);
  assert_equals(forbidden, byThePage);
  assert_true(forbidden.includes("NotSupportedError"));
}, "finish a creation, step 4: “forbidden by the user” is the same as “cannot run here”, in words, in order and on the network");
