/**
 * What stands in the place of the polyfill in a control run: an automation hook without an API behind it. A test then goes on to
 * what it tests, and fails there, and not before anything of it was tried.
 */
globalThis[Symbol.for("hybrid-ai testing")] = {
  setVirtualModelEnvironment: async () => {},
  deleteVirtualModelEnvironment: async () => {},
};
