/** What a page of the suite says of itself, and what the runner makes of it. */

export type TestStatus = "PASS" | "FAIL" | "TIMEOUT" | "NOTRUN" | "PRECONDITION_FAILED";

/** How the page itself ended: as its harness says, or as the runner saw. */
export type PageStatus = "OK" | "ERROR" | "TIMEOUT" | "PRECONDITION_FAILED" | "CRASH" | "MISSING";

export interface TestResult {
  name: string;
  status: TestStatus;
  message: string;
}

export interface PageResult {
  status: PageStatus;
  message: string;
  tests: TestResult[];
  /** What an instrumented polyfill says of the code that the page reached (tools/mutate). */
  coverage?: string[];
  /** Uncaught errors, which explain failures: a polyfill that does not load, a script that is missing. */
  errors: string[];
}

/** A page of the suite, as the server lists it. `timeout` is in milliseconds. */
export interface Page {
  file: string;
  url: string;
  kind: "window" | "dedicatedworker";
  timeout: number;
}

/**
 * Reasons by name of a test, in which `*` stands for any words. `*` alone also speaks for the page itself, such as for one
 * that does not finish.
 */
export type Reasons = Readonly<Record<string, string>>;

/** `test` is a name, or is empty where the page itself failed. */
export interface Failure {
  url: string;
  test: string;
  message: string;
}

export interface Judgement {
  passed: number;
  /** Failures that are expected, and tests whose precondition does not hold. */
  skipped: number;
  failures: Failure[];
}

/** What testharnessreport.js hands over, as JSON. */
export function withResults(json: string, errors: string[]): PageResult {
  return { ...(JSON.parse(json) as Omit<PageResult, "errors">), errors };
}

/** The result of a page that gave none itself. */
export function withoutResults(status: PageStatus, message: string, errors: string[] = []): PageResult {
  return { status, message, tests: [], errors };
}

const pageWords: Readonly<Record<Exclude<PageStatus, "OK" | "PRECONDITION_FAILED">, string>> = {
  ERROR: "the page has an error outside of its tests",
  TIMEOUT: "the page did not finish in time",
  CRASH: "the page or its browser died",
  MISSING: "the page does not run testharness.js",
};

/**
 * Judges a page that has the API before it: all must pass but what is expected, with a reason, to fail. A reason that is not
 * needed fails too.
 */
export function judge(page: Page, result: PageResult, expected: Reasons): Judgement {
  const judgement = judgeTests(page, result, expected, {
    isWrong: ({ status }) => status !== "PASS" && status !== "PRECONDITION_FAILED",
    wordsOf: ({ status, message }) => withMessage(status, message),
    stale: "is in expectations.yaml, but nothing of that name fails: remove the line",
  });
  judgement.skipped += result.tests.filter(({ status }) => status === "PRECONDITION_FAILED").length;
  judgement.passed = result.tests.filter(({ status }) => status === "PASS").length;

  if (result.status === "PRECONDITION_FAILED") {
    judgement.skipped += 1;
  } else if (result.status !== "OK") {
    if (expected["*"] !== undefined) judgement.skipped += 1;
    else judgement.failures.unshift(pageFailure(page, withMessage(pageWords[result.status], result.message)));
  } else if (result.tests.length === 0) {
    judgement.failures.unshift(pageFailure(page, "the page finished without a test"));
  }
  return judgement;
}

/** Judges a page that has no API before it: every test must run, and fail, but what is excepted with a reason. */
export function judgeControl(page: Page, result: PageResult, excepted: Reasons): Judgement {
  const judgement = judgeTests(page, result, excepted, {
    isWrong: ({ status }) => status === "PASS" || status === "NOTRUN",
    wordsOf: ({ status }) =>
      status === "PASS"
        ? "passes without the API, so that it cannot be testing it"
        : "does not run without the API, so that nobody knows whether it is testing it",
    stale: "is in control-exceptions.yaml, but whatever has that name runs and fails: remove the line",
  });
  if (result.status === "CRASH" || result.status === "MISSING") {
    judgement.failures.unshift(pageFailure(page, withMessage(pageWords[result.status], result.message)));
  } else if (result.tests.length === 0) {
    judgement.passed += 1;
  }
  return judgement;
}

interface Rules {
  isWrong: (test: TestResult) => boolean;
  wordsOf: (test: TestResult) => string;
  /** What is said of a reason that excuses nothing. */
  stale: string;
}

function judgeTests(page: Page, result: PageResult, reasons: Reasons, rules: Rules): Judgement {
  const wrong = result.tests.filter(rules.isWrong);
  const patterns = Object.keys(reasons);
  const unexcused = wrong.filter((test) => !patterns.some((pattern) => matches(pattern, test.name)));
  const failures = unexcused.map((test) => ({
    url: page.url,
    test: test.name,
    message: rules.wordsOf(test),
  }));
  if (result.status === "OK") {
    for (const pattern of patterns) {
      const isStale = !wrong.some((test) => matches(pattern, test.name));
      if (isStale) failures.push({ url: page.url, test: pattern, message: rules.stale });
    }
  }
  return { passed: result.tests.length - wrong.length, skipped: wrong.length - unexcused.length, failures };
}

/** `*` in a pattern stands for any words. */
function matches(pattern: string, name: string): boolean {
  const [start = "", ...others] = pattern.split("*");
  const end = others.pop();
  if (end === undefined) return pattern === name;
  if (!name.startsWith(start) || !name.slice(start.length).endsWith(end)) return false;
  let rest = name.slice(start.length, name.length - end.length);
  for (const piece of others) {
    const index = rest.indexOf(piece);
    if (index < 0) return false;
    rest = rest.slice(index + piece.length);
  }
  return true;
}

function pageFailure(page: Page, message: string): Failure {
  return { url: page.url, test: "", message };
}

function withMessage(words: string, message: string): string {
  return message === "" ? words : `${words}: ${message}`;
}
