import type { BufferedResponse, Bytes, HostRequest, RunningHash } from "../../host.ts";

/** What a window and its storage worker say to each other. Objects stay where they are: a number stands for them. */

/** The objects that are there from the beginning: all of it, and the folder in memory. */
export const theWhole = 0;
export const theMemory = 1;

/** A part of a buffer. */
export interface BufferReference {
  readonly buffer: number;
  readonly start: number;
  readonly length: number;
}

/** The members of the whole. A signal stays with its window, which names the fetch that it stops. */
export interface RemoteBytes extends Omit<Bytes, "fetchIntoBuffers" | "startAHash"> {
  fetchIntoBuffers(request: HostRequest, name: number): Promise<BufferedResponse>;
  stopAFetch(name: number): Promise<void>;
  startAHash(): Promise<RunningHash>;
}

/** From the window: call a member of an object. */
export interface CallMessage {
  readonly id: number;
  readonly object: number | BufferReference;
  readonly member: string;
  /** Plain data, shared memory, references to buffers, and an object with `coming` for what is told meanwhile. */
  readonly parameters: readonly unknown[];
}

/** From the worker: what came of a call, or how much is there by now. */
export type AnswerMessage = { readonly id: number } & (
  | { readonly coming: number }
  | { readonly value: unknown }
  | { readonly object: ObjectDescription }
  | { readonly error: { readonly name: string; readonly message: string } }
);

/** Comes with a port, at whose other end a worker is to be that hashes. The numbers of calls begin with 1. */
export const anAnswerToNobody: AnswerMessage = { id: 0, value: null };

/** An object that stays in the worker, and what of it can be known without asking. */
export interface ObjectDescription {
  readonly number: number;
  /** Of a buffer. */
  readonly length?: number;
  /** Of a response, whose body the number stands for. */
  readonly response?: {
    readonly status: number;
    readonly url: string;
    readonly headers: [name: string, value: string][];
  };
}
