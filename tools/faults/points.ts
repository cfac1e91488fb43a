/**
 * What a page and its workers run before the cache: each operation that changes the disk first asks the server, and waits for
 * its answer with all that its thread does. So a test can end a tab, a worker or a browser exactly between two of them, or in the
 * middle of a write. It is sent to the page as text.
 */
export function points(): void {
  type Steps = (this: unknown, ...given: unknown[]) => unknown;

  // A worker that a blob holds has no other base.
  const { origin } = globalThis;
  const ask = (operation: string, length: number): string => {
    const request = new XMLHttpRequest();
    request.open("POST", `${origin}/point?operation=${operation}&length=${length}`, false);
    request.send();
    return request.responseText;
  };

  const before = (name: string, operations: readonly string[]): void => {
    const prototype = (
      globalThis as unknown as Record<string, { prototype: Record<string, Steps> } | undefined>
    )[name]?.prototype;
    for (const operation of operations) {
      const steps = prototype?.[operation];
      if (prototype === undefined || steps === undefined) continue;
      prototype[operation] = function (...given) {
        const [first, options] = given as [unknown, { create?: boolean } | undefined];
        const isLookUp = operation.startsWith("get") && options?.create !== true;
        if (isLookUp) return steps.apply(this, given);
        // A sync handle is given bytes, and a writable stream an object that has them.
        const command = first as { data?: unknown; position?: number } | undefined;
        const bytes = ArrayBuffer.isView(first)
          ? first
          : ArrayBuffer.isView(command?.data)
            ? command.data
            : null;
        if (ask(`${name}.${operation}`, bytes?.byteLength ?? 0) === "tear" && bytes !== null) {
          const half = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >> 1);
          void steps.call(this, bytes === first ? half : { ...command, data: half }, ...given.slice(1));
          ask("torn", 0);
        }
        return steps.apply(this, given);
      };
    }
  };
  before("FileSystemSyncAccessHandle", ["write", "truncate", "flush", "close"]);
  before("FileSystemFileHandle", ["move", "createWritable"]);
  before("FileSystemWritableFileStream", ["write", "truncate", "close"]);
  before("FileSystemDirectoryHandle", ["getFileHandle", "getDirectoryHandle", "removeEntry"]);

  // What the page starts begins the same way, and a test can end it.
  const { Worker } = globalThis;
  const started: Worker[] = [];
  Object.assign(globalThis, { started });
  if ((Worker as unknown) === undefined) return;
  globalThis.Worker = class extends Worker {
    constructor(script: string | URL, options?: WorkerOptions) {
      const { href } = new URL(script, location.href);
      const code = `importScripts("${origin}/points.js", "${href}");`;
      const isOurs = href.startsWith("blob:");
      super(isOurs ? URL.createObjectURL(new Blob([code], { type: "text/javascript" })) : href, options);
      started.push(this);
    }
  };
}
