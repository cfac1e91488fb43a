/**
 * A server that serves files as well or as badly as a test asks, and remembers each request.
 *
 * Options of url(), all optional:
 *   status      a number: the status code; Range is then not looked at
 *   type        the Content-Type
 *   headers     an object: more response headers; null removes one
 *   cors        false: no Access-Control-Allow-Origin
 *   preflight   a number: the status code of the answer to OPTIONS
 *   origin      the origin of the URL, such as a member of get_host_info()
 *   location    a URL: redirects there, together with a 3xx status
 *   ranges      false: ignores Range and answers 200 with the whole
 *   truncate    a number: closes the connection after so many bytes of the body
 *   length      a number: lies about Content-Length; null leaves it out
 *   flip        a number: inverts the byte at this offset
 *   pad         a number: appends so many spaces
 *   shift       a number: sends the range that begins so many bytes later
 *   gzip        true: compresses what it sends
 *   signed      a number: redirects to a signed URL, which can be used so often
 *   hold        a number: sends so many bytes, then waits for release()
 *   failures    a number: all of the above but type, cors and ranges apply to so many first requests only
 */
class Recorder {
  static #path = "/hybrid-ai/resources/recorder.py";
  #token = crypto.randomUUID();

  /**
   * @param {string | Uint8Array | { pattern: number }} resource - a file of this folder, or bytes (up to 40 kB), or the
   *     size of a file of patternBytes()
   * @param {object} [options] - see above
   * @returns {string} a URL that serves the resource
   */
  url(resource, { origin = location.origin, ...options } = {}) {
    const served = resourceOptions(resource);
    const url = new URL(Recorder.#path, origin);
    url.searchParams.set("token", this.#token);
    url.searchParams.set("options", JSON.stringify({ ...served, ...options }));
    return url.href;
  }

  /**
   * @param {number} [count] - waits until so many requests have arrived
   * @returns {Promise<{ method: string, url: string, resource: string, headers: object, body: Uint8Array }[]>} in order
   *     of arrival; names of headers are in lower case, and resource is the file's name, "bytes" or "pattern"
   */
  async requests(count = 0) {
    const entries = await this.#command("requests", count);
    return entries.map((entry) => ({ ...entry, body: bytesFromBase64(entry.body) }));
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
    const response = await fetch(`${Recorder.#path}?token=${this.#token}&command=${command}&count=${count}`);
    return response.json();
  }
}

function resourceOptions(resource) {
  if (typeof resource === "string") return { name: resource, file: resource };
  if (ArrayBuffer.isView(resource)) return { name: "bytes", body: base64FromBytes(resource) };
  return { name: "pattern", ...resource };
}

function base64FromBytes(bytes) {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

function bytesFromBase64(base64) {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
