/**
 * A remote: an Open Inference Protocol v2 server over the models of this folder, which remembers each request.
 *
 * Options of the constructor, all optional; of those of recorder.js, headers, cors, preflight, origin, truncate, length, hold and
 * failures, and:
 *   status         a number: the status code of the answers to inference requests
 *   binary         false: reads and writes JSON only
 *   ready          false: says that it is not ready
 *   authorization  a string: answers 401 to any request with another Authorization header
 *   wrong          "name", "datatype", "shape" or "data": what is wrong in the tensor that it answers
 */
class Remote {
  static #path = "/hybrid-ai/resources/remote.py";
  #token = crypto.randomUUID();
  #origin;
  #options;

  constructor({ origin = location.origin, ...options } = {}) {
    this.#origin = origin;
    this.#options = options;
  }

  /** @returns {string} the URL of a model: "affine", or of one part of it: "affine-double", "affine-increment" */
  url(model = "affine") {
    const options = btoa(JSON.stringify(this.#options))
      .replaceAll("+", "-")
      .replaceAll("/", "_")
      .replaceAll("=", "");
    return `${this.#origin}${Remote.#path}/${this.#token}/${options}/v2/models/${model}`;
  }

  /** As that of Recorder; resource is such as "affine/infer" or "health/ready". */
  async requests(count = 0) {
    const entries = await this.#command("requests", count);
    return entries.map((entry) => ({
      ...entry,
      body: Uint8Array.from(atob(entry.body), (character) => character.charCodeAt(0)),
    }));
  }

  /** Lets the responses go on that `hold` holds; from now on none is held. */
  async release() {
    await this.#command("release");
  }

  /** Forgets the requests. */
  async clear() {
    await this.#command("clear");
  }

  async #command(command, count = 0) {
    const response = await fetch(`${Remote.#path}/${this.#token}?command=${command}&count=${count}`);
    return response.json();
  }
}
