import type { ModelAttemptFailure, ModelRemoteClaim } from "../../idl/contracts.ts";
import type { Tensor } from "../backend/backend.ts";
import type { TensorDescription } from "../model-manifest/manifest.ts";

/** https://hybrid-ai-web.github.io/hybrid-ai/#exchange */
export interface Exchange {
  bytesSent: number;
  claim: ModelRemoteClaim | null;
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#exchange */
export function aNewExchange(): Exchange {
  return { bytesSent: 0, claim: null };
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#remote-job */
export interface RemoteJob {
  readonly variantName: string;
  readonly inputs: ReadonlyMap<string, Tensor>;
  /** Null where nobody has described the tensor. */
  readonly outputs: ReadonlyMap<string, TensorDescription | null>;
  readonly dimensions: ReadonlyMap<string, number>;
  readonly exchange: Exchange;
  /** Whether the inputs may go to the remote, now. */
  readonly permission: () => boolean;
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#remote-failure */
export class RemoteFailure {
  readonly reason: ModelAttemptFailure;
  readonly blamesTheEncoding: boolean;
  constructor(reason: ModelAttemptFailure, blamesTheEncoding = false) {
    this.reason = reason;
    this.blamesTheEncoding = blamesTheEncoding;
  }
}
