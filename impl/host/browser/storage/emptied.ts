import type { OpenFile } from "../../host.ts";

/** The file, with nothing in it. Where that fails it is closed: nobody else could, and all would wait for it. */
export async function emptied(file: OpenFile): Promise<OpenFile> {
  try {
    await file.truncate(0);
    return file;
  } catch (error) {
    await file.close().catch(() => undefined);
    throw error;
  }
}
