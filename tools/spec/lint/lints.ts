import { chapterOpens, headingIds, lineEndings } from "./chapters.ts";
import { errorsTyped, failureIsHandled, promisesDoNotThrow } from "./errors.ts";
import { exposed, membersDefined } from "./interfaces.ts";
import type { Lint } from "./lint.ts";
import { noPlatformObjectsInParallel, settledInATask } from "./parallel.ts";
import {
  algorithmSentence,
  assertions,
  ifThen,
  oneIdea,
  stepEnds,
  stepMarks,
  stepsByName,
  variables,
} from "./steps.ts";
import { issues, noNames, notes, oneTerm, privacy } from "./words.ts";

/** Every convention of spec/conventions.md, in its order. */
export const lints: readonly Lint[] = [
  chapterOpens,
  headingIds,
  lineEndings,
  algorithmSentence,
  stepMarks,
  stepEnds,
  ifThen,
  oneIdea,
  variables,
  assertions,
  stepsByName,
  errorsTyped,
  promisesDoNotThrow,
  failureIsHandled,
  settledInATask,
  noPlatformObjectsInParallel,
  exposed,
  membersDefined,
  oneTerm,
  noNames,
  notes,
  privacy,
  issues,
];
