/** Stands in for the polyfill in the self-tests: a virtual model environment that the page can see through, and no cache. */
globalThis.installedForSelfTest = true;

globalThis[Symbol.for("hybrid-ai testing")] = {
  environment: null,
  async setVirtualModelEnvironment(environment) {
    this.environment = environment;
  },
  async deleteVirtualModelEnvironment() {
    this.environment = null;
  },
};

navigator.modelCache = { keys: async () => [] };
