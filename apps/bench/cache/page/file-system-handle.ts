import type { Arm, BenchFile, FileSystemTask, Task } from "./arm.ts";

/** The file system of the origin through a synchronous handle in a worker. */
export function fileSystemHandle(flush: boolean): Arm {
  const run = (task: Task, file: BenchFile) =>
    new Promise<ArrayBuffer | null>((resolve, reject) => {
      const worker = new Worker("/file-system.worker.js");
      worker.onmessage = ({ data }: MessageEvent<{ bytes: ArrayBuffer | null; error?: string }>) => {
        worker.terminate();
        if (data.error === undefined) resolve(data.bytes);
        else reject(new Error(data.error));
      };
      worker.onerror = ({ message }) => reject(new Error(message));
      worker.postMessage({ task, file, flush } satisfies FileSystemTask);
    });
  return {
    cold: async (file) => (await run("cold", file))!,
    store: (file) => run("store", file),
    warm: async (file) => (await run("warm", file))!,
  };
}
