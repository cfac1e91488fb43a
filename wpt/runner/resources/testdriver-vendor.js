/** Gives the commands of testdriver.js to the automation hook of the polyfill's testing bundle. */
(() => {
  const hook = () => {
    const testing = globalThis[Symbol.for("hybrid-ai testing")];
    if (testing === undefined) {
      throw new Error("There is no automation hook: the testing bundle of the polyfill is not loaded here.");
    }
    return testing;
  };

  /** As upstream's: whatever was wrong, an Error whose message begins with WebDriver's error code. */
  const command = async (steps) => {
    try {
      await steps(hook());
    } catch (cause) {
      const { code, message } = cause;
      throw new Error(code === undefined ? message : `${code}: ${message}`, { cause });
    }
  };

  Object.assign(self.test_driver_internal, {
    set_virtual_model_environment: (environment) =>
      command((testing) => testing.setVirtualModelEnvironment(environment)),
    delete_virtual_model_environment: () => command((testing) => testing.deleteVirtualModelEnvironment()),
  });
})();
