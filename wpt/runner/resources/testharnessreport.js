/**
 * Hands the results of a page to the runner, which waits for the member below.
 * https://web-platform-tests.org/running-tests/custom-runner.html
 */
(() => {
  const harnessStatus = ["OK", "ERROR", "TIMEOUT", "PRECONDITION_FAILED"];
  const testStatus = ["PASS", "FAIL", "TIMEOUT", "NOTRUN", "PRECONDITION_FAILED"];
  // serve.py fills this in.
  setup({ output: false, timeout_multiplier: Number("%(timeout_multiplier)s") });
  add_completion_callback((tests, harness) => {
    globalThis[Symbol.for("web-platform-tests results")] = JSON.stringify({
      status: harnessStatus[harness.status],
      message: harness.message ?? "",
      coverage: globalThis[Symbol.for("hybrid-ai coverage")]?.(),
      tests: tests.map(({ name, status, message }) => ({
        name,
        status: testStatus[status],
        message: message ?? "",
      })),
    });
  });
})();
