/**
 * The commands that a test can give the browser: the part of web-platform-tests' testdriver.js that this suite uses, with
 * the two commands that it proposes. https://web-platform-tests.org/writing-tests/testdriver.html
 *
 * Unlike upstream's, this file also loads in dedicated workers, where the commands act on the worker's own environment.
 */
(() => {
  const missing = (command) => () =>
    Promise.reject(new Error(`${command} is not implemented by testdriver-vendor.js`));

  self.test_driver_internal = {
    set_virtual_model_environment: missing("set_virtual_model_environment"),
    delete_virtual_model_environment: missing("delete_virtual_model_environment"),
  };

  self.test_driver = {
    /**
     * Sets the virtual model environment of the top-level traversable.
     * https://hybrid-ai-web.github.io/hybrid-ai/#automation
     *
     * @param {object} environment - the members of the virtual model environment that differ from its defaults
     * @returns {Promise<undefined>} rejects with an "invalid argument" error if a member is unknown or malformed
     */
    set_virtual_model_environment(environment) {
      return self.test_driver_internal.set_virtual_model_environment(environment);
    },

    /**
     * Returns the top-level traversable to its real environment.
     * https://hybrid-ai-web.github.io/hybrid-ai/#automation
     *
     * @returns {Promise<undefined>}
     */
    delete_virtual_model_environment() {
      return self.test_driver_internal.delete_virtual_model_environment();
    },
  };
})();
