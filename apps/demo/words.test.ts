import { describe, it } from "mocha";
import assert from "node:assert/strict";
import type { ModelReceipt } from "hybrid-ai";
import type { Reading } from "./reading.ts";
import { attemptInWords, receiptInWords, sizeInWords, timeInWords, verdictInWords } from "./words.ts";

const onClient: ModelReceipt = {
  placement: "client",
  variant: "float32",
  duration: 100,
  inputBytesSent: 0,
  attempts: [
    {
      placement: "client",
      parts: ["client"],
      variant: "float32",
      fidelity: 1,
      succeeded: true,
      duration: 100,
      inputBytesSent: 0,
    },
  ],
};

const onServer: ModelReceipt = {
  placement: "remote",
  variant: "float32",
  duration: 20,
  inputBytesSent: 600_000,
  attempts: [
    {
      placement: "remote",
      parts: ["remote"],
      variant: "float32",
      fidelity: 1,
      succeeded: true,
      duration: 20,
      inputBytesSent: 600_000,
      origin: "http://localhost:8439",
    },
  ],
};

const failedOver: ModelReceipt = {
  ...onClient,
  inputBytesSent: 600_000,
  attempts: [{ ...onServer.attempts[0]!, succeeded: false, failure: "network" }, ...onClient.attempts],
};

function reading(
  receipts: readonly ModelReceipt[],
  failed = false,
  perhapsSentTo: readonly string[] = [],
): Reading {
  return {
    picture: {},
    steps: receipts.map((receipt) => ({ purpose: "a step", receipt })),
    perhapsSentTo,
    result: failed ? null : { lines: [], text: "" },
  };
}

describe("receiptInWords", () => {
  it("of a reading on this device", () => {
    assert.equal(
      receiptInWords(reading([onClient, onClient])),
      "Read on this device in 200\u00a0ms. Nothing left it.",
    );
  });

  it("of a reading on the server", () => {
    assert.equal(
      receiptInWords(reading([onServer, onServer])),
      "Read on the server localhost in 40\u00a0ms. 1.2\u00a0MB made from your picture was sent.",
    );
  });

  it("of one that moved from the one to the other", () => {
    assert.equal(
      receiptInWords(reading([onServer, onClient])),
      "Read partly on the server localhost, partly on this device, in 120\u00a0ms. 600\u00a0kB made from your picture was sent.",
    );
  });

  it("never says that nothing left where a failed attempt had sent something", () => {
    assert.equal(
      receiptInWords(reading([failedOver])),
      "Read on this device in 100\u00a0ms, after the server had failed. 600\u00a0kB made from your picture was sent to the server localhost.",
    );
  });

  it("of one that failed", () => {
    assert.equal(receiptInWords(reading([], true)), "Not read. Nothing left this device.");
    assert.equal(
      receiptInWords(reading([onServer], true)),
      "Not read. 600\u00a0kB made from your picture was sent to the server localhost.",
    );
  });
});

describe("receiptInWords of a reading that was stopped", () => {
  it("says that nothing left where no run could have sent anything", () => {
    assert.equal(receiptInWords(reading([], true, [])), "Not read. Nothing left this device.");
    assert.equal(receiptInWords(reading([onClient], true, [])), "Not read. Nothing left this device.");
  });

  it("never says so where a run was under way that could", () => {
    assert.equal(
      receiptInWords(reading([], true, ["localhost"])),
      "Stopped. A part of your picture may have been sent to the server localhost.",
    );
    assert.equal(
      receiptInWords(reading([onServer, onServer], true, ["localhost"])),
      "Stopped. 1.2\u00a0MB made from your picture was sent to the server localhost, and more may have been.",
    );
  });
});

describe("attemptInWords", () => {
  it("says where, and what went wrong there", () => {
    assert.deepEqual(failedOver.attempts.map(attemptInWords), [
      "the server localhost could not be reached",
      "this device",
    ]);
  });
});

describe("verdictInWords", () => {
  it("of a device that can", () => {
    const fits = [
      { supported: true, variant: "float32", latency: 1000 },
      { supported: true, variant: "float32", latency: 100 },
    ];
    assert.equal(
      verdictInWords(fits, 15_500_000, true),
      "Yes, this device can run it, in 1\u00a0s a step at the most. It is 16\u00a0MB, to be fetched once.",
    );
  });

  it("of one that cannot", () => {
    const fits = [
      { supported: true, latency: 16 },
      { supported: false, reason: "memory" as const },
    ];
    assert.match(verdictInWords(fits, 1, true), /^No, this device cannot run it: it needs more memory than/);
    assert.match(
      verdictInWords(fits, 1, true),
      /nothing will be downloaded, and the server reads for you\.$/,
    );
    assert.match(verdictInWords(fits, 1, false), /nothing will be downloaded\.$/);
  });
});

describe("sizes and times", () => {
  it("have two digits where that is all that matters", () => {
    assert.deepEqual([0, 1, 999, 1000, 36_560, 999_499, 999_500, 8_437_760, 15_500_000].map(sizeInWords), [
      "0\u00a0bytes",
      "1\u00a0byte",
      "999\u00a0bytes",
      "1\u00a0kB",
      "37\u00a0kB",
      "999\u00a0kB",
      "1\u00a0MB",
      "8.4\u00a0MB",
      "16\u00a0MB",
    ]);
    assert.deepEqual([0.4, 45.2, 999.4, 999.6, 9_940, 12_345].map(timeInWords), [
      "0\u00a0ms",
      "45\u00a0ms",
      "999\u00a0ms",
      "1\u00a0s",
      "9.9\u00a0s",
      "12\u00a0s",
    ]);
  });
});
