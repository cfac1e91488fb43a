/** Needs virtual-environment.js, recorder.js and files.js before it. */

/**
 * A test in a virtual environment, with a recorder; afterwards nothing is stored.
 *
 * @param {(t: Test, recorder: Recorder) => Promise<void>} steps
 * @param {string} name
 * @param {object} [environment] - more of the virtual model environment
 */
function modelTest(steps, name, environment) {
  promise_test(async (t) => {
    await virtualEnvironment(t, { deviceClass: "class-8", ...environment });
    await steps(t, new Recorder());
  }, name);
}

/**
 * A model, destroyed at the end of the test.
 *
 * @param {Test} t
 * @param {Recorder} recorder - serves the manifest
 * @param {object} [options] - of HybridModel.create(); the manifest may be given as an object
 */
async function createModel(t, recorder, { manifest = affineManifest(), ...options } = {}) {
  const model = await HybridModel.create({ manifest: serveManifest(manifest, recorder), ...options });
  t.add_cleanup(() => model.destroy());
  return model;
}

/** A manifest of a model that no client can hold. */
function remoteOnlyManifest(overrides) {
  return affineManifest({ variants: [hugeVariant()], ...overrides });
}

function hugeVariant(overrides) {
  return affineVariant({ costs: affineCosts({ memory: 1e15 }), ...overrides });
}

/** A model that only these remotes can run. */
function createRemoteModel(t, recorder, ...remotes) {
  return createModel(t, recorder, { manifest: remoteOnlyManifest(), remotes });
}

/** Checks that a run fails for want of an executor, and gives the error's receipt. */
async function receiptOfFailure(run) {
  const error = await run.then(
    () => assert_unreached("the run succeeded"),
    (reason) => reason,
  );
  assert_true(error instanceof ModelRunError, `a ModelRunError, not ${error}`);
  const receipt = error.receipt();
  assert_equals(receipt.placement, "none", "placement");
  assert_false("variant" in receipt, "no variant");
  return receipt;
}

/** Checks that a run fails, and that its attempts failed for these reasons, in order. */
async function assertRunFails(run, ...failures) {
  const { attempts } = await receiptOfFailure(run);
  assert_array_equals(
    attempts.map(({ failure }) => failure),
    failures,
    "failures",
  );
}

/** Waits until a promise has had every occasion to settle, and tells whether it has. */
async function isSettled(promise) {
  const pending = Symbol("pending");
  for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setTimeout(resolve));
  const first = await Promise.race([promise, Promise.resolve(pending)]).catch(() => undefined);
  return first !== pending;
}
