import type { Step } from "../algorithms.ts";
import type { Finding, Lint } from "./lint.ts";

const goesParallel = /\[=in parallel(?:\|[^=]*)?=\](.*)/i;
const queuesATask = /\[=queue a[^=]*task(?:\|[^=]*)?=\]|\[=queue a progress event/i;
const needsATask: readonly [RegExp, string][] = [
  [/\[=(?:promise\/)?(?:resolve|reject)(?:\|[^=]*)?=\]|\b(?:resolve|reject) \|/i, "a promise is settled"],
  [/\[=fire an event(?:\|[^=]*)?=\]|\[=firing an event/i, "an event is fired"],
  [/\[=invoke(?:\|[^=]*)?=\]|\[=invoking/i, "a callback is called"],
];
const createsAPlatformObject = /\ba new \{\{\w+\}\}/;

/** The steps that run in parallel: those inside a step that says so, and those after “The following steps run in parallel”. */
function foundInParallel(
  list: readonly Step[],
  judge: (markup: string) => string | null,
  parallel = false,
): Finding[] {
  return list.flatMap((step) => {
    const queued = queuesATask.test(step.markup);
    // In a step that itself goes in parallel, what it says after that.
    const [, then = null] = goesParallel.exec(step.markup) ?? [];
    const markup = parallel ? step.markup : then;
    const message = markup !== null && !queued ? judge(markup) : null;
    const inside = queued ? false : parallel || goesParallel.test(step.markup);
    return [
      ...(message === null ? [] : [{ line: step.line, message }]),
      ...foundInParallel(step.steps, judge, inside),
    ];
  });
}

export const settledInATask: Lint = {
  name: "settled-in-a-task",
  check({ algorithms }) {
    return algorithms.flatMap(({ steps }) =>
      foundInParallel(steps, (markup) => {
        const [, what] = needsATask.find(([pattern]) => pattern.test(markup)) ?? [];
        return what === undefined ? null : `in parallel, ${what} only in a step that queues a task.`;
      }),
    );
  },
};

export const noPlatformObjectsInParallel: Lint = {
  name: "no-platform-objects-in-parallel",
  check({ algorithms }) {
    return algorithms.flatMap(({ steps }) =>
      foundInParallel(steps, (markup) =>
        createsAPlatformObject.test(markup)
          ? "a platform object is created within a task, or before going in parallel."
          : null,
      ),
    );
  },
};
