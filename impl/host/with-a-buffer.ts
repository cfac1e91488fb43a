import type { Host, HostBuffer } from "./host.ts";

/** Runs `steps` with a buffer that is freed afterwards. */
export async function withABuffer<T>(
  host: Host,
  length: number,
  steps: (buffer: HostBuffer) => Promise<T>,
): Promise<T> {
  const buffer = await host.makeABuffer(length);
  try {
    return await steps(buffer);
  } finally {
    buffer.free();
  }
}
