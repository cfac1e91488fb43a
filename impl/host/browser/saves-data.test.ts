import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { savesData, whenTheLineChanges } from "./saves-data.ts";

describe("saves data", () => {
  it("is what the browser tells every page", () => {
    assert.equal(savesData({ connection: { saveData: true, type: "wifi" } }), true);
    assert.equal(savesData({ connection: { saveData: false, type: "cellular" } }), true);
    assert.equal(savesData({ connection: { saveData: false, type: "wifi" } }), false);
    assert.equal(savesData({ connection: { saveData: false } }), false);
  });

  it("is false where the browser tells nothing", () => {
    assert.equal(savesData({}), false);
  });
});

describe("when the line changes", () => {
  it("the steps run, until nobody wants it any more", () => {
    const connection = new EventTarget();
    let runs = 0;
    const forget = whenTheLineChanges({ connection }, () => {
      runs += 1;
    });
    connection.dispatchEvent(new Event("change"));
    forget();
    connection.dispatchEvent(new Event("change"));
    assert.equal(runs, 1);
  });

  it("a browser that does not tell runs nothing", () => {
    whenTheLineChanges({}, () => assert.fail("they ran"))();
  });
});
