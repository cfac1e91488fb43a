import { removeFile } from "./file-system.ts";
import type { DirectoryHandle } from "./file-system.ts";

/**
 * Whether this engine gives synchronous handles. WebKitGTK has the method and nothing behind it, and keeps a file locked
 * that was asked about: so a file is made for the question. It has the same name each time, so that one that a tab left when it was
 * ended is gone after the next question; where another agent is asking right now, it has a name of its own.
 */
export async function givesSyncHandles(folder: DirectoryHandle): Promise<boolean> {
  const answer = await ask(folder, "question");
  return (answer ?? (await ask(folder, `question-${Math.random()}`))) === true;
}

/** Returns null where somebody else has the file, or has just removed it. */
async function ask(folder: DirectoryHandle, name: string): Promise<boolean | null> {
  try {
    const file = await folder.getFileHandle(name, { create: true });
    (await file.createSyncAccessHandle()).close();
    return true;
  } catch (error) {
    return /^(NoModificationAllowed|NotFound)Error$/.test((error as Error).name) ? null : false;
  } finally {
    void removeFile(folder, name).catch(() => undefined);
  }
}
