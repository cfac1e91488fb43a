import assert from "node:assert/strict";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { afterEach, describe, it } from "mocha";
import { downloadsOfTheUser } from "./private-files.ts";

describe("the folder of the user's downloads", () => {
  const given = process.env["XDG_CACHE_HOME"];
  afterEach(() => {
    if (given === undefined) delete process.env["XDG_CACHE_HOME"];
    else process.env["XDG_CACHE_HOME"] = given;
  });

  it("lies in the user's cache folder, and never where the command happens to run", () => {
    const usual = path.join(os.homedir(), ".cache", "hybrid-ai");
    delete process.env["XDG_CACHE_HOME"];
    assert.equal(downloadsOfTheUser(), usual);
    process.env["XDG_CACHE_HOME"] = path.resolve("/caches");
    assert.equal(downloadsOfTheUser(), path.resolve("/caches/hybrid-ai"));
    process.env["XDG_CACHE_HOME"] = "caches";
    assert.equal(downloadsOfTheUser(), usual);
  });
});
