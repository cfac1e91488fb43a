/** Needs testdriver.js and testdriver-vendor.js before it. */

/**
 * Gives the test a virtual model environment, and whatever comes after it none and an empty model cache.
 *
 * @param {Test} t
 * @param {object} [environment] - as in https://hybrid-ai-web.github.io/hybrid-ai/#parse-a-virtual-model-environment
 */
async function virtualEnvironment(t, environment = {}) {
  await test_driver.set_virtual_model_environment(environment);
  t.add_cleanup(async () => {
    await emptyModelCache();
    await test_driver.delete_virtual_model_environment();
  });
}

/** Deletes every file of this storage key. Where there is no model cache, it is the test that has to say so. */
async function emptyModelCache() {
  if (!("modelCache" in navigator)) return;
  for (const digest of await navigator.modelCache.keys()) await navigator.modelCache.delete(digest);
}
