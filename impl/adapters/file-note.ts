import type { Notes } from "./notes.ts";

/** What a URL stood for when its bytes were first seen. */
export interface FileNote {
  readonly digest: string;
  readonly size: number;
  readonly type: string;
  /** Where a hub's list had these bytes: git's name for them. Without it, they are what came first. */
  readonly gitName?: string | undefined;
}

export async function fileNoteOf(notes: Notes, url: string): Promise<FileNote | null> {
  const note = (await notes.read(url)) as Partial<FileNote> | undefined;
  return typeof note?.digest === "string" ? (note as FileNote) : null;
}
