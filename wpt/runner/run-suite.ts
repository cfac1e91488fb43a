/** Runs pages on a target, one after another, and judges them. */
import type { ReasonsByPage } from "./reasons.ts";
import { judge, judgeControl } from "./results.ts";
import type { Judgement, Page, PageResult } from "./results.ts";
import type { Target } from "./target.ts";

export interface Suite {
  origin: string;
  pages: readonly Page[];
  /** Whether the pages have no API before them. */
  control: boolean;
  /** expectations.yaml, or in a control run control-exceptions.yaml. */
  reasons: ReasonsByPage;
  /** Milliseconds that a page may take on top of its harness's own timeout, which is to end it first. */
  grace: number;
  onJudged?: (page: PageReport, judgement: Judgement) => void;
}

export interface PageReport extends Page, PageResult {
  milliseconds: number;
}

export interface SuiteReport extends Judgement {
  pages: PageReport[];
  /** Pages of a kind that the target does not have. */
  notApplicable: number;
}

export async function runSuite(target: Target, suite: Suite): Promise<SuiteReport> {
  const report: SuiteReport = { passed: 0, skipped: 0, failures: [], pages: [], notApplicable: 0 };
  for (const page of suite.pages) {
    if (!target.kinds.includes(page.kind)) {
      report.notApplicable += 1;
      continue;
    }
    const start = performance.now();
    const result = await target.run(suite.origin + page.url, page.timeout + suite.grace);
    const milliseconds = Math.round(performance.now() - start);
    const judgement = (suite.control ? judgeControl : judge)(page, result, suite.reasons[page.url] ?? {});
    const pageReport = { ...page, ...result, milliseconds };
    report.pages.push(pageReport);
    report.passed += judgement.passed;
    report.skipped += judgement.skipped;
    report.failures.push(...judgement.failures);
    suite.onJudged?.(pageReport, judgement);
  }
  return report;
}

/** Whether the person who named these paths and this part of a URL meant this page; naming nothing means all. */
export function isSelected(page: Page, paths: readonly string[], filter: string): boolean {
  const isNamed = paths.map(pathInSuite).some((path) => {
    return page.file.startsWith(path) && ["", "/", "."].includes(page.file.charAt(path.length));
  });
  return (paths.length === 0 || isNamed) && page.url.includes(filter);
}

/** `wpt/hybrid-ai/model-cache/`, `hybrid-ai/model-cache` and `model-cache` are one. */
function pathInSuite(path: string): string {
  const parts = path.split(/[/\\]/).filter((part) => part !== "" && part !== ".");
  if (parts[0] === "wpt") parts.shift();
  if (parts[0] !== "hybrid-ai") parts.unshift("hybrid-ai");
  return parts.join("/");
}
