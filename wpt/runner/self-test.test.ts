/** The runner on tests whose results are known: proof that it can fail. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { after, before, describe, it } from "mocha";
import { chromiumExecutable, firefoxExecutable, python, pythonWithWebKit } from "../../tools/setup/where.mjs";
import type { PageStatus } from "./results.ts";
import { runSuite } from "./run-suite.ts";
import type { PageReport, SuiteReport } from "./run-suite.ts";
import { startServer } from "./server.ts";
import type { Server } from "./server.ts";
import type { Target } from "./target.ts";
import { launchChromium } from "./targets/chromium.ts";
import { launchFirefox } from "./targets/firefox.ts";
import { launchJSDOM } from "./targets/jsdom.ts";
import { launchWebKit } from "./targets/webkit.ts";

const folder = "/runner/self-test/";
const polyfill = fileURLToPath(new URL("self-test/resources/polyfill.js", import.meta.url));

/** Statuses of the pages that are not simply to pass. */
const troubles: Readonly<Record<string, PageStatus>> = {
  "broken.worker.html": "ERROR",
  "busy.window.html": "TIMEOUT",
  "hang.window.html": "TIMEOUT",
  "harness-error.window.html": "ERROR",
  "no-harness.html": "MISSING",
  "no-test.window.html": "ERROR",
  "unhandled-rejection.window.html": "ERROR",
};

/** Names of tests, of pages that run, that are to fail. */
const failing = /^(different: .*|this fails|this rejects|this never ends)$/;

const targets: Readonly<Record<string, () => Target | Promise<Target> | null>> = {
  jsdom: launchJSDOM,
  chromium: () => launchIfThere(launchChromium, chromiumExecutable()),
  firefox: () => launchIfThere(launchFirefox, firefoxExecutable()),
  webkit: () => launchIfThere(launchWebKit, pythonWithWebKit()),
};

function launchIfThere(launch: (path: string) => Promise<Target>, path: string | null) {
  return path === null ? null : launch(path);
}

describe("the runner, on tests whose results are known", function () {
  this.timeout(600_000);
  let server: Server;

  before(async function () {
    const path = python();
    if (path === null || !existsSync(path)) return this.skip();
    server = await startServer({ python: path, tests: ["runner/self-test"], polyfill, timeoutMultiplier: 3 });
  });
  after(() => server?.stop());

  it("lists the pages of a file, for each global and variant", () => {
    const urls = server.pages.filter(({ file }) => file.endsWith("api.any.js")).map(({ url }) => url);
    assert.deepEqual(urls, [
      `${folder}api.any.html?a`,
      `${folder}api.any.html?b`,
      `${folder}api.any.worker.html?a`,
      `${folder}api.any.worker.html?b`,
    ]);
    assert.ok(!server.pages.some(({ file }) => file.includes("/resources/")));
    assert.equal(server.pages.find(({ url }) => url.includes("long"))?.timeout, 180_000);
  });

  it("is as patient as it is told", async () => {
    const patient = await startServer({
      python: python()!,
      tests: ["runner/self-test"],
      polyfill,
      timeoutMultiplier: 2,
    });
    try {
      assert.deepEqual(new Set(patient.pages.map(({ timeout }) => timeout)), new Set([20_000, 120_000]));
      const page = new URL("/resources/testharnessreport.js", patient.origin);
      page.hostname = "127.0.0.1";
      assert.match(await (await fetch(page)).text(), /timeout_multiplier: Number\("2"\)/);
    } finally {
      await patient.stop();
    }
  });

  it("refuses a global that it does not know, with the file's name", async () => {
    const starting = startServer({ python: python()!, tests: ["runner/self-test-bad"], polyfill });
    await assert.rejects(starting, /unknown\.any\.js: META global=shadowrealm/);
  });

  for (const [name, launch] of Object.entries(targets)) {
    describe(`in ${name}`, () => {
      let report: SuiteReport;
      const pageOf = (url: string): PageReport => report.pages.find((page) => page.url === folder + url)!;

      before(async function () {
        const target = await launch();
        if (target === null) return this.skip();
        const pages = server.pages.map((page) => ({ ...page, timeout: patience(page.url) }));
        try {
          report = await runSuite(target, {
            origin: server.origin,
            pages,
            control: false,
            reasons: {},
            grace: 0,
          });
        } finally {
          await target.close();
        }
      });

      it("has workers, or says that they are not applicable", () => {
        const workers = server.pages.filter(({ kind }) => kind === "dedicatedworker").length;
        assert.ok(workers > 0);
        assert.equal(report.notApplicable, name === "jsdom" ? workers : 0);
        assert.equal(report.pages.length, server.pages.length - report.notApplicable);
      });

      it("sees how each page ended", () => {
        const statuses = report.pages.map(({ url, status }) => [url.slice(folder.length), status]);
        const expected = report.pages.map(({ url }) => {
          const path = url.slice(folder.length);
          return [path, troubles[path] ?? "OK"];
        });
        assert.deepEqual(statuses, expected);
      });

      it("sees which tests pass and fail", () => {
        const wrong = report.pages
          .filter(({ status }) => status === "OK")
          .flatMap((page) => page.tests.map((test) => ({ ...test, url: page.url })))
          .filter(({ status }) => status !== "PRECONDITION_FAILED")
          .filter(({ status, name: test }) => (status === "PASS") === failing.test(test))
          // A page's own fetch() is Node's in jsdom, and asks no server for permission.
          .filter(({ url }) => !(name === "jsdom" && url.endsWith("cors.window.html")));
        assert.deepEqual(wrong, []);
      });

      it("counts a test whose precondition fails as skipped", () => {
        assert.equal(pageOf("optional.window.html").tests[0]?.status, "PRECONDITION_FAILED");
        assert.equal(report.skipped, 1);
      });

      it("says why a page without results has none", () => {
        assert.match(pageOf("hang.window.html").message, /no result within/);
        assert.match(pageOf("harness-error.window.html").message, /outside of any test/);
        assert.match(pageOf("unhandled-rejection.window.html").message, /nobody looks/);
      });
    });
  }

  it("finds no API where no polyfill is loaded", async () => {
    const control = await startServer({ python: python()!, tests: ["runner/self-test"], polyfill: null });
    const target = launchJSDOM();
    try {
      const pages = control.pages.filter(({ file }) => /api\.any|document\.html|two-worlds/.test(file));
      const { failures, passed } = await runSuite(target, {
        origin: control.origin,
        pages,
        control: true,
        reasons: {},
        grace: 0,
      });
      assert.ok(passed >= 15, `${passed} tests fail`);
      // The self-test of variants asks for no API: the control run finds it out.
      assert.deepEqual(
        failures.map(({ test }) => test),
        ["the variant ?first", "the variant ?second"],
      );
    } finally {
      await target.close();
      await control.stop();
    }
  });

  it("lets a test in a control run go on to what it tests, and finds out one that tests nothing", async () => {
    const noAPI = fileURLToPath(new URL("resources/no-api.js", import.meta.url));
    const control = await startServer({ python: python()!, tests: ["runner/self-test"], polyfill: noAPI });
    const target = launchJSDOM();
    try {
      const pages = control.pages.filter(({ file }) => file.endsWith("nothing.window.js"));
      const { failures } = await runSuite(target, {
        origin: control.origin,
        pages,
        control: true,
        reasons: {},
        grace: 0,
      });
      assert.deepEqual(
        failures.map(({ test }) => test),
        ["this tests nothing"],
      );
    } finally {
      await target.close();
      await control.stop();
    }
  });
});

function patience(url: string): number {
  return /hang|busy/.test(url) ? 1500 : 60_000;
}
