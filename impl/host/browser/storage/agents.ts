import { Turns } from "../../turns.ts";

/** The part of the Web Locks API that is used here. */
export interface LockManager {
  request<T>(
    name: string,
    options: { mode: "shared" | "exclusive"; ifAvailable?: boolean },
    steps: (lock: object | null) => Promise<T>,
  ): Promise<T>;
}

/** The turns of all agents of a storage key: of this one alone where there are no Web Locks. */
export interface Agents {
  take(name: string, access: "read" | "write"): Promise<() => void>;
  during<T>(name: string, access: "read" | "write", steps: () => Promise<T>): Promise<T>;
  duringIfFree<T>(name: string, steps: () => Promise<T>): Promise<T | null>;
}

/** NB: With an opaque origin there are Web Locks, but whoever requests one is refused. */
export function agentsOf(global: {
  readonly origin: string;
  readonly navigator: { readonly locks?: LockManager };
}): Agents {
  return agentsThrough(global.origin === "null" ? undefined : global.navigator.locks);
}

export function agentsThrough(locks: LockManager | undefined): Agents {
  if (locks === undefined) return new Turns();
  const during: Agents["during"] = (name, access, steps) =>
    locks.request(`hybrid-ai ${name}`, { mode: access === "read" ? "shared" : "exclusive" }, steps);
  return {
    during,
    duringIfFree: <T>(name: string, steps: () => Promise<T>) =>
      locks.request<T | null>(`hybrid-ai ${name}`, { mode: "exclusive", ifAvailable: true }, async (lock) =>
        lock === null ? null : steps(),
      ),
    take: (name, access) =>
      new Promise((begin, fail) => {
        during(name, access, () => new Promise<void>((end) => begin(end))).catch(fail);
      }),
  };
}
