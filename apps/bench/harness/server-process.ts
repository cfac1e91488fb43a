import { fork } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import type { Line, Tally } from "./byte-server.ts";

/** A byte server in a process of its own, so that it takes no time of those who measure. */
export interface ServerProcess {
  readonly port: number;
  /** Begins to count anew, on a line that drops as told, or on a steady one. */
  begin(line?: Line): Promise<void>;
  /** What was sent since then. */
  tally(): Promise<Tally>;
  close(): Promise<void>;
}

const steady: Line = { every: Infinity, times: 0, bytesPerSecond: Infinity };

/** @param folder - whose files it serves, read once */
export async function startServerProcess(folder: string): Promise<ServerProcess> {
  const script = path.join(import.meta.dirname, "byte-server-process.ts");
  const child = fork(script, [folder], { serialization: "advanced" });
  const ended = new Promise<never>((_, reject) => {
    child.once("exit", () => reject(new Error("The server of the benchmark has ended.")));
  });
  ended.catch(() => undefined);
  const answer = async () => ((await Promise.race([once(child, "message"), ended])) as [unknown])[0];
  const ask = (begin: Line | null) => {
    child.send({ begin });
    return answer() as Promise<Tally>;
  };
  const port = (await answer()) as number;
  return {
    port,
    begin: async (line = steady) => {
      await ask(line);
    },
    tally: () => ask(null),
    async close() {
      if (child.connected) child.disconnect();
      await ended.catch(() => undefined);
    },
  };
}
