/**
 * The proof that something stays secret: one page script is run in two virtual worlds that differ in the secret alone, and everything
 * that the page, or a server, can see must be the same in both.
 *
 * Needs testdriver.js, testdriver-vendor.js, virtual-environment.js, recorder.js and remote.js before it.
 */

/**
 * @param {object} options
 * @param {object} options.secret - one member of the virtual model environment, with its value in each world
 * @param {object} [options.environment] - the members that the worlds share
 * @param {object} [options.remote] - options of the world's Remote
 * @param {string} [options.throws] - the name of the error that the page script must end with
 * @param {(world: World) => unknown} options.page - what it returns, or throws, is compared
 * @param {string} name - the name of the test
 */
function twoWorldsTest({ secret, environment = {}, remote = {}, throws = null, page }, name) {
  promise_test(async (t) => {
    const [member, ...others] = Object.keys(secret);
    assert_equals(others.length, 0, "the worlds differ in one member alone");
    assert_greater_than(secret[member].length, 1, "there are two worlds or more");

    const world = new World(new Recorder(), new Remote(remote));
    const sights = [];
    for (const value of secret[member]) {
      await virtualEnvironment(t, { ...environment, [member]: value });
      sights.push(await world.show(page));
      await emptyModelCache();
    }

    assert_equals(sights[0].error?.name ?? null, throws, `what the page throws: ${sights[0].error?.message}`);
    for (const [index, sight] of sights.entries()) {
      const difference = firstDifference(sights[0], sight);
      const worlds = `${member} = ${JSON.stringify(secret[member][0])} and ${JSON.stringify(secret[member][index])}`;
      assert_equals(difference, null, `what can be seen with ${worlds}`);
    }
  }, name);
}

/** What a page script is given, and where its traces are collected. */
class World {
  #events = [];

  constructor(recorder, remote) {
    /** @type {Recorder} - the same in all worlds: its URLs do not differ */
    this.recorder = recorder;
    /** @type {Remote} - likewise */
    this.remote = remote;
  }

  /** Notes, in order, something that the page has seen. */
  record = (event) => {
    this.#events.push(visible(event));
  };

  /** A ModelMonitorCallback that records each event. */
  monitor = (monitor) => {
    monitor.addEventListener("downloadprogress", ({ type, loaded, total }) =>
      this.record({ type, loaded, total }),
    );
  };

  /** Everything that can be seen of the page script. Times are those that the API reports; they are virtual. */
  async show(page) {
    this.#events = [];
    await Promise.all([this.recorder.clear(), this.remote.clear()]);
    const sight = { result: null, error: null };
    try {
      sight.result = visible(await page(this));
    } catch (error) {
      sight.error = visible(error);
    }
    const requests = [...(await this.recorder.requests()), ...(await this.remote.requests())];
    return { ...sight, events: this.#events, requests: visible(requests) };
  }
}

/** A plain copy of what a page can see in a value, down to the order of its members. */
function visible(value) {
  if (value === null || ["string", "boolean"].includes(typeof value)) return value;
  if (typeof value !== "object") return `${typeof value} ${Object.is(value, -0) ? "-0" : String(value)}`;
  if (Array.isArray(value)) return value.map(visible);
  if (isBuffer(value) || ArrayBuffer.isView(value)) {
    const bytes = isBuffer(value)
      ? new Uint8Array(value)
      : new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    return { type: value.constructor.name, bytes: String(bytes) };
  }
  if (typeof value.then === "function") return "a promise";

  if (value instanceof Error || value instanceof DOMException) {
    const { name, message, code = null } = value;
    const receipt = typeof value.receipt === "function" ? visible(value.receipt()) : null;
    return { name, message, code, receipt };
  }

  const members = [];
  for (const name in value) {
    if (typeof value[name] !== "function") members.push([name, visible(value[name])]);
  }
  return { interface: value.constructor?.name ?? null, members };
}

function isBuffer(value) {
  return ["[object ArrayBuffer]", "[object SharedArrayBuffer]"].includes(
    Object.prototype.toString.call(value),
  );
}

/** Where two visible values differ first, in words; null if they do not. */
function firstDifference(one, other, path = "") {
  if (Object.is(one, other)) return null;
  const bothObjects = [one, other].every((value) => typeof value === "object" && value !== null);
  if (!bothObjects)
    return `${path || "all"}: ${JSON.stringify(one)} in the first, ${JSON.stringify(other)} in the other`;
  for (const name of new Set([...Object.keys(one), ...Object.keys(other)])) {
    const difference = firstDifference(one[name] ?? null, other[name] ?? null, `${path}/${name}`);
    if (difference !== null) return difference;
  }
  return null;
}
