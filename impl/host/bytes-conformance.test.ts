import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, beforeEach, describe, it } from "mocha";
import { describeFolder } from "./folder-conformance.test.ts";
import type { Bytes, HostBuffer } from "./host.ts";

const bytes = (...values: number[]) => Uint8Array.from(values);
const sha256 = (...pieces: Uint8Array[]) =>
  Uint8Array.from(pieces.reduce((hash, piece) => hash.update(piece), createHash("sha256")).digest());

/** What each place of bytes promises, for the tests of each kind. `make` gives one whose folders are empty. */
export function describeBytes(kind: string, make: () => Promise<Bytes>): void {
  describeFolder(`The memory of ${kind}`, async () => (await make()).memory);

  describe(`${kind} is a place of bytes`, () => {
    let place: Bytes;
    beforeEach(async () => {
      place = await make();
    });

    /** A buffer with these bytes: through a file, as no byte of the page's goes into a buffer. */
    async function filled(...values: number[]): Promise<HostBuffer> {
      const file = await place.memory.create("filled");
      await file.write(0, bytes(...values));
      const buffer = await place.makeABuffer(values.length);
      assert.equal(await file.readInto(0, buffer), values.length);
      await file.close();
      return buffer;
    }

    it("makes buffers of zeros", async () => {
      const buffer = await place.makeABuffer(3);
      assert.equal(buffer.length, 3);
      assert.deepEqual(await buffer.take(), bytes(0, 0, 0));
    });

    it("has no buffer that is longer than its memory", async () => {
      await assert.rejects(place.makeABuffer(2 ** 53 - 1), RangeError);
    });

    it("gives a buffer away, or a part of it, alone in its memory", async () => {
      for (const [part, expected] of [
        [(buffer: HostBuffer) => buffer, bytes(1, 2, 3, 4)],
        [(buffer: HostBuffer) => buffer.subarray(1, 3), bytes(2, 3)],
        [(buffer: HostBuffer) => buffer.subarray(1, 4).subarray(1, 2), bytes(3)],
      ] as const) {
        const taken = await part(await filled(1, 2, 3, 4)).take();
        assert.deepEqual(taken, expected);
        assert.equal(taken.buffer.byteLength, expected.length);
      }
    });

    it("copies from one buffer to another", async () => {
      const buffer = await filled(1, 2, 3, 4);
      const other = await filled(5, 6, 7);
      await buffer.subarray(1, 4).set(other.subarray(1, 3), 1);
      assert.deepEqual(await buffer.take(), bytes(1, 2, 6, 7));
      assert.deepEqual(await other.take(), bytes(5, 6, 7));
    });

    it("shows the bytes of a buffer, which stays", async () => {
      const buffer = await filled(1, 2, 3, 4);
      assert.deepEqual(await buffer.subarray(1, 4).show((seen) => seen.slice()), bytes(2, 3, 4));
      const destination = bytes(9, 9, 9, 9);
      await buffer.subarray(2, 4).show((seen) => destination.set(seen, 1));
      assert.deepEqual(destination, bytes(9, 3, 4, 9));
      const failing = buffer.show(() => {
        throw new Error("no");
      });
      await assert.rejects(failing, /no/);
      assert.deepEqual(await buffer.take(), bytes(1, 2, 3, 4));
    });

    it("frees a buffer, once or twice, also one that was taken", async () => {
      const buffer = await filled(1);
      buffer.free();
      buffer.free();
      const other = await filled(2);
      await other.take();
      other.free();
    });

    it("reads into a part of a buffer and writes from it", async () => {
      const buffer = await place.makeABuffer(6);
      const file = await place.memory.create("a");
      await file.write(0, bytes(1, 2, 3));
      assert.equal(await file.readInto(1, buffer.subarray(1, 2)), 1);
      assert.equal(await file.readInto(2, buffer.subarray(3, 6)), 1);
      assert.equal(await file.readInto(3, buffer.subarray(0, 6)), 0);
      await file.write(2, buffer.subarray(1, 4));
      assert.deepEqual(await file.read(0, 9), bytes(1, 2, 2, 0, 3));
      await file.close();
      assert.deepEqual(await buffer.take(), bytes(0, 2, 0, 3, 0, 0));
    });

    it("hashes the page's bytes and its own, at once and piece by piece", async () => {
      const buffer = await filled(1, 2, 3, 4);
      assert.deepEqual(await place.sha256(bytes(5)), sha256(bytes(5)));
      assert.deepEqual(await place.sha256(buffer.subarray(1, 3)), sha256(bytes(2, 3)));
      const each = await place.sha256(buffer, 3);
      assert.deepEqual(each, bytes(...sha256(bytes(1, 2, 3)), ...sha256(bytes(4))));
      assert.deepEqual(await place.sha256(bytes(), 3), sha256());
      const hash = place.startAHash();
      await hash.update(bytes(5));
      await hash.update(buffer);
      await hash.update(buffer.subarray(0, 2));
      assert.deepEqual(await hash.digest(), sha256(bytes(5), bytes(1, 2, 3, 4), bytes(1, 2)));
    });

    describe("fetches into buffers", () => {
      let server: Server;
      let url: string;
      const body = Uint8Array.from({ length: 200_000 }, (_, at) => (at * 7) & 255);
      let more = Promise.withResolvers<undefined>();
      let ended = Promise.withResolvers<undefined>();

      before(async () => {
        server = createServer((request, response) => {
          const headers = { "Content-Type": "text/plain", "Access-Control-Allow-Origin": "*" };
          response.on("close", () => ended.resolve(undefined));
          if (request.url === "/whole") response.writeHead(201, headers).end(body);
          else if (request.url === "/broken") {
            response.writeHead(200, { ...headers, "Content-Length": `${2 * body.length}` });
            response.write(body, () => response.destroy());
          } else if (request.url === "/never") response.setHeader("X", "y");
          else {
            response.writeHead(200, headers).write(body.subarray(0, 100));
            void more.promise.then(() => response.end(body.subarray(100)));
          }
        });
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      });
      beforeEach(() => {
        more = Promise.withResolvers();
        ended = Promise.withResolvers();
      });
      after(() => {
        server.closeAllConnections();
        server.close();
      });

      it("as many bytes as there is room for, to the end", async () => {
        const response = await place.fetchIntoBuffers({ url: `${url}/whole` });
        assert.equal(response.status, 201);
        assert.equal(response.url, `${url}/whole`);
        assert.equal(response.header("Content-Type"), "text/plain");
        assert.equal(response.header("X"), null);
        const buffer = await place.makeABuffer(150_000);
        const counts: number[] = [];
        assert.equal(await response.body.takeInto(buffer, (count) => counts.push(count)), 150_000);
        assert.ok(counts.length > 0 && counts.every((count, at) => count > (counts[at - 1] ?? 0)));
        assert.deepEqual(await place.sha256(buffer), sha256(body.subarray(0, 150_000)));
        assert.equal(await response.body.hasMore(), true);
        assert.equal(await response.body.takeInto(buffer.subarray(10, 150_000), () => undefined), 50_000);
        assert.deepEqual(await place.sha256(buffer.subarray(10, 50_010)), sha256(body.subarray(150_000)));
        assert.equal(await response.body.hasMore(), false);
        assert.equal(await response.body.takeInto(buffer, () => undefined), 0);
        await response.body.cancel();
      });

      it("and says as they come how many are there, also when no more follow", async () => {
        const response = await place.fetchIntoBuffers({ url });
        const buffer = await place.makeABuffer(body.length);
        const coming = Promise.withResolvers<number>();
        const taking = response.body.takeInto(buffer, (count) => {
          if (count >= 100) coming.resolve(count);
        });
        assert.equal(await coming.promise, 100);
        more.resolve(undefined);
        assert.equal(await taking, body.length);
        await response.body.cancel();
      });

      it("null where the body breaks", async () => {
        const response = await place.fetchIntoBuffers({ url: `${url}/broken` });
        const buffer = await place.makeABuffer(2 * body.length);
        assert.equal(await response.body.takeInto(buffer, () => undefined), null);
        await response.body.cancel();
      });

      it("no longer than anybody wants them", async () => {
        const response = await place.fetchIntoBuffers({ url });
        await response.body.cancel();
        await ended.promise;
      });

      it("until it is aborted, before and after the response", async () => {
        for (const path of ["/never", "/"]) {
          ended = Promise.withResolvers();
          const controller = new AbortController();
          const reason = new Error("enough");
          const request = { url: `${url}${path}`, signal: controller.signal };
          const buffer = await place.makeABuffer(body.length);
          if (path === "/never") {
            const fetching = place.fetchIntoBuffers(request);
            server.once("request", () => controller.abort(reason));
            await assert.rejects(fetching, reason);
          } else {
            const response = await place.fetchIntoBuffers(request);
            const taking = response.body.takeInto(buffer, () => controller.abort(reason));
            assert.equal(await taking, null);
            await response.body.cancel();
          }
          await ended.promise;
        }
        const gone = AbortSignal.abort(new Error("before"));
        await assert.rejects(place.fetchIntoBuffers({ url, signal: gone }), /before/);
      });

      it("or says that there is no response", async () => {
        const request = { url: "http://127.0.0.1:1/" };
        await assert.rejects(place.fetchIntoBuffers(request), { name: "NetworkError" });
      });
    });
  });
}
