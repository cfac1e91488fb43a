/** The file system of the origin, at its fastest: a synchronous handle, whole pieces, nothing verified. */
import type { BenchFile, FileSystemTask } from "./arm.ts";

const pieceSize = 4 << 20;

addEventListener("message", ({ data }: MessageEvent<FileSystemTask>) => {
  run(data).then(
    (bytes) => postMessage({ bytes }, bytes === null ? [] : [bytes]),
    (error: unknown) => postMessage({ error: String(error) }),
  );
});

async function run({ task, file, flush }: FileSystemTask): Promise<ArrayBuffer | null> {
  const folder = await navigator.storage.getDirectory();
  const handle = await (await folder.getFileHandle("bench", { create: true })).createSyncAccessHandle();
  try {
    if (task !== "warm") await download(handle, file);
    if (task !== "warm" && flush) handle.flush();
    return task === "store" ? null : read(handle);
  } finally {
    handle.close();
  }
}

async function download(handle: FileSystemSyncAccessHandle, { url }: BenchFile): Promise<void> {
  const reader = (await fetch(url)).body!.getReader();
  const piece = new Uint8Array(pieceSize);
  let filled = 0;
  let position = 0;
  const write = () => {
    handle.write(piece.subarray(0, filled), { at: position });
    position += filled;
    filled = 0;
  };
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    for (let taken = 0; taken < value.length;) {
      const part = value.subarray(taken, taken + pieceSize - filled);
      piece.set(part, filled);
      filled += part.length;
      taken += part.length;
      if (filled === pieceSize) write();
    }
  }
  write();
}

function read(handle: FileSystemSyncAccessHandle): ArrayBuffer {
  const bytes = new Uint8Array(handle.getSize());
  handle.read(bytes, { at: 0 });
  return bytes.buffer;
}
