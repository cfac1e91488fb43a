import {
  forgetThePeak,
  peakOfResidentMemory,
  processTree,
  proportionalMemory,
  residentMemory,
  runsPages,
} from "./processes.ts";

/** By how much the memory of a browser has grown, in bytes, at the worst moment. */
export interface PeakMemory {
  /** Of the process of the page and its workers: the kernel's own account of its resident memory, nothing sampled. */
  readonly page: number;
  /** Of all processes of the browser together, each with its share of what they share: sampled. */
  readonly browser: number;
}

/** Looking takes time itself, from the browser too. */
const millisecondsBetweenLooks = 60;
const looksUntilNewProcessesCount = 8;

/** Watches a browser, from outside, while `steps` run in its only page. */
export async function watchMemory(browser: number, steps: () => Promise<unknown>): Promise<PeakMemory> {
  const pages = processTree(browser).filter(runsPages);
  const before = new Map(pages.map(({ id }) => [id, residentMemory(id) ?? 0]));
  for (const { id } of pages) forgetThePeak(id);

  let processes = processTree(browser);
  const look = () => processes.reduce((total, { id }) => total + (proportionalMemory(id) ?? 0), 0);
  const start = look();
  let peak = start;
  let looks = 0;
  const looking = setInterval(() => {
    looks += 1;
    if (looks % looksUntilNewProcessesCount === 0) processes = processTree(browser);
    peak = Math.max(peak, look());
  }, millisecondsBetweenLooks);
  try {
    await steps();
  } finally {
    clearInterval(looking);
  }
  peak = Math.max(peak, look());
  // The others are spare ones, which wait for pages to come.
  const growth = [...before].map(([id, resident]) => (peakOfResidentMemory(id) ?? 0) - resident);
  return { page: Math.max(...growth), browser: peak - start };
}
