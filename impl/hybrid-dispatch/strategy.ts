import type { GlobalObject } from "../../idl/contracts.ts";
import type { HybridModelImplementation } from "./HybridModel-impl.ts";
import type { Plan } from "./plan.ts";
import type { Attempt, Run } from "./run.ts";

/** https://hybrid-ai-web.github.io/hybrid-ai/#choosing : what the text leaves to the user agent, and its rules. */
export interface Strategy {
  /** https://hybrid-ai-web.github.io/hybrid-ai/#choose-a-plan : one of `ready`, which has at least one. */
  chooseAPlan(model: HybridModelImplementation, ready: readonly Plan[]): Plan;
  /** https://hybrid-ai-web.github.io/hybrid-ai/#patience : in milliseconds from the attempt's start. */
  patience(model: HybridModelImplementation, run: Run, attempt: Attempt): number;
}

const strategies = new WeakMap<GlobalObject, Strategy>();

/** The strategy of a global object on which the interfaces are installed. */
export function strategyOf(globalObject: GlobalObject): Strategy {
  const strategy = strategies.get(globalObject);
  if (strategy === undefined) {
    throw new Error(
      "This global object has no strategy: install the interfaces on it before you create a model.",
    );
  }
  return strategy;
}

export function setStrategyOf(globalObject: GlobalObject, strategy: Strategy): void {
  strategies.set(globalObject, strategy);
}
