import assert from "node:assert/strict";
import { JSDOM } from "jsdom";
import { describe, it } from "mocha";
import type { GlobalObject } from "../../idl/contracts.ts";
import { hostOf } from "../host/host-of.ts";
import type { Host } from "../host/host.ts";
import { install } from "./install.ts";

type Window = GlobalObject & Record<string, unknown>;
interface Descriptor {
  value?: unknown;
  get?: (this: unknown) => unknown;
}

function newWindow(isSecureContext = true): Window {
  const { window } = new JSDOM("", { url: "https://example.com/" });
  Object.defineProperty(window, "isSecureContext", { value: isSecureContext });
  return window as unknown as Window;
}

const host = {} as Host;
const names = [
  "ModelCapabilities",
  "ModelCache",
  "ModelFile",
  "ModelMonitor",
  "HybridModel",
  "ModelRunError",
];

function descriptor(object: object, name: string): Descriptor {
  return Object.getOwnPropertyDescriptor(object, name) as Descriptor;
}

describe("install", () => {
  it("defines the interfaces on a window, out of the way of enumeration, and remembers its host", () => {
    const window = newWindow();
    assert.equal(install(window, host), true);
    assert.equal(hostOf(window), host);
    for (const name of names) {
      const { value, ...attributes } = descriptor(window, name);
      assert.equal(typeof value, "function");
      assert.deepEqual(attributes, { writable: true, enumerable: false, configurable: true });
    }
  });

  it("does nothing the second time", () => {
    const window = newWindow();
    install(window, host);
    const before = names.map((name) => window[name]);
    assert.equal(install(window, {} as Host), true);
    assert.equal(hostOf(window), host);
    assert.deepEqual(
      names.map((name) => window[name]),
      before,
    );
  });

  it("steps aside where the user agent has one of the interfaces itself", () => {
    const window = newWindow();
    Object.defineProperty(window, "HybridModel", { value: Object });
    assert.equal(install(window, host), false);
    assert.equal("ModelCache" in window, false);
    assert.equal("modelCache" in window.navigator, false);
  });

  it("defines nothing outside of a secure context", () => {
    const window = newWindow(false);
    assert.equal(install(window, host), false);
    for (const name of names) assert.equal(name in window, false);
    assert.equal("modelCache" in window.navigator, false);
    assert.throws(() => hostOf(window), /no host/);
  });

  it("defines nothing on a global that the interfaces are not exposed on", () => {
    const { window } = new JSDOM("", { url: "https://example.com/" });
    const scope = { EventTarget, DOMException, navigator: window.navigator };
    assert.equal(install(scope as unknown as GlobalObject, host), false);
    assert.equal("ModelCache" in scope, false);
  });
});

describe("the members of navigator", () => {
  it("are read-only attributes of the interface", () => {
    const window = newWindow();
    install(window, host);
    const prototype = (window["Navigator"] as { prototype: object }).prototype;
    for (const name of ["modelCapabilities", "modelCache"]) {
      const { get, ...others } = descriptor(prototype, name);
      assert.equal(get?.name, `get ${name}`);
      assert.deepEqual(others, { set: undefined, enumerable: true, configurable: true });
    }
  });

  it("are the same object each time, of their interface", () => {
    const window = newWindow();
    install(window, host);
    const { navigator } = window;
    assert.equal(navigator.modelCache, navigator.modelCache);
    assert.equal(
      Object.getPrototypeOf(navigator.modelCache),
      (window["ModelCache"] as { prototype: object }).prototype,
    );
  });

  it("are there whatever Object.prototype has", () => {
    const window = newWindow();
    const names = ["get", "set", "value", "writable"];
    for (const name of names) Object.assign(Object.prototype, { [name]: () => undefined });
    try {
      assert.equal(install(window, host), true);
      const { prototype } = window["ModelCache"] as { prototype: object };
      assert.equal(Object.getPrototypeOf(window.navigator.modelCache), prototype);
    } finally {
      for (const name of names) Reflect.deleteProperty(Object.prototype, name);
    }
  });

  it("differ from window to window", () => {
    const windows = [newWindow(), newWindow()] as const;
    for (const window of windows) install(window, host);
    const [one, other] = windows.map(
      ({ navigator }) => (navigator as unknown as { modelCache: object }).modelCache,
    );
    assert.notEqual(one, other);
  });

  it("throw a TypeError of the window's on anything that is no navigator", () => {
    const window = newWindow();
    install(window, host);
    const prototype = (window["Navigator"] as { prototype: object }).prototype;
    const { get } = descriptor(prototype, "modelCache");
    for (const wrong of [undefined, null, {}, prototype, window]) {
      assert.throws(() => get!.call(wrong), window.TypeError);
    }
  });
});
