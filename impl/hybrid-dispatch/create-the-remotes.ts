import type { ModelRemote } from "../../idl/contracts.ts";
import { failureIn, isFailure } from "../infra/failure.ts";
import type { Failure } from "../infra/failure.ts";
import { createARemote } from "../remote-execution/remote.ts";
import type { Remote } from "../remote-execution/remote.ts";

/** https://hybrid-ai-web.github.io/hybrid-ai/#create-the-remotes */
export function createTheRemotes(dictionaries: readonly ModelRemote[], base: URL): Remote[] | Failure {
  // 1. Let remotes be « ».
  const remotes: Remote[] = [];

  // 2. For each dictionary of dictionaries:
  for (const [index, dictionary] of dictionaries.entries()) {
    // 2.1. Let remote be the result of creating a remote given dictionary and base.
    const remote = createARemote(dictionary, base);

    // 2.2. If remote is failure, then return failure.
    if (isFailure(remote)) return failureIn(`remotes[${index}]`, remote);

    // 2.3. Append remote to remotes.
    remotes.push(remote);
  }

  // 3. Return remotes.
  return remotes;
}
