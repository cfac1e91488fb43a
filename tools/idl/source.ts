import { readFile } from "node:fs/promises";
import path from "node:path";

/** One `<xmp class="idl">` of a chapter. */
export interface Block {
  /** The file that it stands in, from the root of the repository. */
  readonly file: string;
  /** The line of its first line of IDL, counted from 1. */
  readonly line: number;
  readonly idl: string;
}

const include = /<pre class=include>path: (?<path>\S+)<\/pre>/g;
const block = /<xmp class="?idl"?>\n(?<idl>[\s\S]*?)<\/xmp>/g;

/** The IDL of the specification's source, in reading order. Needs neither Bikeshed nor a browser. */
export async function blocksInSource(root: string): Promise<Block[]> {
  const index = await readFile(path.join(root, "index.bs"), "utf8");
  const files = ["index.bs", ...Array.from(index.matchAll(include), (match) => match.groups!.path!)];
  const blocks = files.map(async (file) => blocksIn(file, await readFile(path.join(root, file), "utf8")));
  return (await Promise.all(blocks)).flat();
}

/** The IDL of one file of Bikeshed source. */
export function blocksIn(file: string, source: string): Block[] {
  return Array.from(source.matchAll(block), (match) => ({
    file,
    line: source.slice(0, match.index).split("\n").length + 1,
    idl: match.groups!.idl!,
  }));
}

/** All blocks as one text, as the extraction from the built page writes it. */
export function joinBlocks(blocks: readonly Block[]): string {
  return blocks.map(({ idl }) => `${idl.trim()}\n`).join("\n");
}
