import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "mocha";
import type { Host } from "../host/host.ts";
import { deviceClassOf, deviceClassTable } from "./device-class.ts";

const text = readFileSync(new URL("../../spec/capability-query.bs", import.meta.url), "utf8");

/** The rows as the text has them. */
function rowsOfTheText(): unknown[] {
  const [table] = /<table class="data" id="table-device-classes">.*?<\/table>/su.exec(text)!;
  return [...table.matchAll(/<tr><td>(.*)/g)].map(([, row]) => {
    const [name, operations, bytes, memory, features] = row!.split("<td>") as [
      string,
      string,
      string,
      string,
      string,
    ];
    return {
      name: name.replaceAll("`", ""),
      operationsPerSecond: quantity(operations),
      bytesPerSecond: quantity(bytes),
      memory: quantity(memory),
      features: [...features.matchAll(/`(.*?)`/g)].map(([, feature]) => feature),
    };
  });
}

function quantity(words: string): number {
  const units: Record<string, number> = { MiB: 2 ** 20, GiB: 2 ** 30 };
  return words
    .replace(/10<sup>(\d+)<\/sup>/, "1e$1")
    .split(/ × | /)
    .map((factor) => units[factor] ?? Number(factor))
    .reduce((product, factor) => product * factor, 1);
}

describe("device class table", () => {
  it("is that of the text", () => assert.deepEqual(deviceClassTable, rowsOfTheText()));

  it("has at most eight rows: three bits", () => assert.ok(deviceClassTable.length <= 8));

  it("is a chain: each row offers at least what the one before it does, and something more", () => {
    for (const [index, row] of deviceClassTable.slice(1).entries()) {
      const before = deviceClassTable[index]!;
      assert.ok(row.operationsPerSecond > before.operationsPerSecond);
      assert.ok(row.bytesPerSecond > before.bytesPerSecond);
      assert.ok(row.memory > before.memory);
      assert.ok(before.features.every((feature) => row.features.includes(feature)));
    }
  });
});

describe("device class of a host", () => {
  it("is the row of its name", async () => {
    const host = { deviceClass: async () => "class-4" } as Host;
    assert.equal(await deviceClassOf(host), deviceClassTable[3]);
  });

  it("refuses a host that has no class, and says which there are", async () => {
    const host = { deviceClass: async () => "fast" } as Host;
    await assert.rejects(deviceClassOf(host), /"fast".*class-1, .*class-8/);
  });
});
