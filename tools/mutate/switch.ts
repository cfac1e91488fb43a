import { switchName } from "./mutants.ts";

/** Under this key of the global object stands a function that gives the names of the mutants whose code was reached. */
export const coverageKey = "hybrid-ai coverage";

interface Switch {
  (name: string): boolean;
}

/** Puts the switch on this realm's global object. */
export function installSwitch(): { turnOn: (name: string | null) => void; takeReached: () => Set<string> } {
  let on: string | null = null;
  let reached = new Set<string>();
  const ask: Switch = (name) => {
    reached.add(name);
    return name === on;
  };
  Object.assign(globalThis, { [switchName]: ask });
  return {
    turnOn(name) {
      on = name;
    },
    takeReached() {
      const taken = reached;
      reached = new Set();
      return taken;
    },
  };
}

/** What a bundle of switched sources begins with: the page's URL says which mutant is on. */
export const bundleOpening = `(() => {
  const on = new URLSearchParams(globalThis.location?.search ?? "").get("mutant");
  const reached = new Set();
  globalThis.${switchName} = (name) => (reached.add(name), name === on);
  globalThis[Symbol.for(${JSON.stringify(coverageKey)})] = () => [...reached];
})();`;
