import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { anEventHandler } from "./event-handler.ts";
import { fireAnEvent } from "./fire-an-event.ts";
import { platformObject } from "./platform-object.ts";

function implementation() {
  return { [platformObject]: new EventTarget() };
}

describe("an event handler", () => {
  it("takes its place among the listeners when it is first set, and keeps it", () => {
    const target = implementation();
    const handler = anEventHandler(target, "ring");
    const order: string[] = [];
    const listen = (name: string) => {
      target[platformObject].addEventListener("ring", () => order.push(name));
    };
    listen("first");
    handler.value = () => order.push("replaced");
    listen("last");
    handler.value = () => order.push("handler");
    fireAnEvent(globalThis, "ring", target);
    assert.deepEqual(order, ["first", "handler", "last"]);
  });

  it("loses its place when it is set to null", () => {
    const target = implementation();
    const handler = anEventHandler(target, "ring");
    const order: string[] = [];
    handler.value = () => order.push("handler");
    handler.value = null;
    fireAnEvent(globalThis, "ring", target);
    target[platformObject].addEventListener("ring", () => order.push("listener"));
    handler.value = () => order.push("handler");
    fireAnEvent(globalThis, "ring", target);
    assert.deepEqual(order, ["listener", "handler"]);
  });

  it("is called on the page's object, and cancels the event by returning false", () => {
    const target = implementation();
    const handler = anEventHandler(target, "ring");
    const seen: unknown[] = [];
    handler.value = function (this: unknown) {
      seen.push(this);
      return false;
    };
    assert.equal(fireAnEvent(globalThis, "ring", target, "Event", { cancelable: true }), false);
    assert.deepEqual(seen, [target[platformObject]]);
    handler.value = () => undefined;
    assert.equal(fireAnEvent(globalThis, "ring", target, "Event", { cancelable: true }), true);
  });
});

describe("fire an event", () => {
  it("uses the interface and the attributes that it is given", () => {
    const target = implementation();
    let event: Event | undefined;
    target[platformObject].addEventListener("ring", (fired) => (event = fired));
    fireAnEvent(globalThis, "ring", target, "CustomEvent", { detail: 7 });
    assert.equal(event?.constructor, CustomEvent);
    assert.equal((event as CustomEvent).detail, 7);
  });

  it("does nothing at an object that no page has", () => {
    assert.equal(fireAnEvent(globalThis, "ring", {}), true);
  });
});
