import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { fetchFromThePage } from "./network.ts";

describe("create a request", () => {
  it("step 1: takes nothing along that says who the user is", async () => {
    let seen: RequestInit = {};
    const fetch = async (_url: unknown, init?: RequestInit) => {
      seen = init ?? {};
      return new Response("");
    };
    await fetchFromThePage({ fetch, Blob }, { url: "https://a.example/" });
    const { mode, credentials, referrerPolicy, redirect, headers } = seen;
    assert.deepEqual(
      { mode, credentials, referrerPolicy, redirect, headers },
      {
        mode: "cors",
        credentials: "omit",
        referrerPolicy: "no-referrer",
        redirect: "follow",
        headers: undefined,
      },
    );
  });
});
