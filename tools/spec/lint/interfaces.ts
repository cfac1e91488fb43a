import type { Finding, Lint } from "./lint.ts";

interface Block {
  readonly line: number;
  readonly text: string;
}

function idlBlocks(source: string): Block[] {
  return [...source.matchAll(/<(xmp|pre) class="?idl"?>\n([\s\S]*?)<\/\1>/g)].map((match) => ({
    line: source.slice(0, match.index).split("\n").length + 1,
    text: match[2]!,
  }));
}

export const exposed: Lint = {
  name: "exposed",
  check({ source }) {
    return idlBlocks(source).flatMap(({ line, text }) =>
      [...text.matchAll(/^(\[[^\n]*\]\s+)?(?:interface (?!mixin)|namespace )(\w+)/gm)].flatMap(
        (match): Finding[] => {
          const attributes = match[1] ?? "";
          const missing = ["Exposed", "SecureContext"].filter((name) => !attributes.includes(name));
          if (missing.length === 0) return [];
          const at = line + text.slice(0, match.index).split("\n").length - 1;
          return [{ line: at, message: `${match[2]!} says [${missing.join("] and [")}].` }];
        },
      ),
    );
  },
};

const definitionOf = (kind: string) => new RegExp(`<dfn[^>]*\\b${kind}\\b[^>]*>([^<]*)</dfn>`, "g");

export const membersDefined: Lint = {
  name: "members-defined",
  check({ source }) {
    const defined = new Set<string>();
    for (const block of source.matchAll(
      /<dl[^>]*dfn-type="?(?:dict-member|enum-value)"?[^>]*dfn-for="?(\w+)"?[^>]*>([\s\S]*?)<\/dl>/g,
    )) {
      for (const [, name] of block[2]!.matchAll(/<dfn[^>]*>"?([^<"]*)"?<\/dfn>/g))
        defined.add(`${block[1]!}/${name!}`);
    }
    for (const kind of ["method", "attribute", "constructor", "dict-member", "enum-value"]) {
      for (const match of source.matchAll(definitionOf(kind))) {
        const scope = /for="?([\w]+)"?/.exec(match[0])?.[1] ?? "";
        defined.add(`${scope}/${match[1]!.replace(/\(.*$|"/g, "").replace(/^new .*/, "constructor")}`);
      }
    }
    return idlBlocks(source).flatMap(({ line, text }) =>
      members(text).flatMap(({ offset, scope, member }) =>
        defined.has(`${scope}/${member}`)
          ? []
          : [
              {
                line: line + text.slice(0, offset).split("\n").length - 1,
                message: `${scope}/${member} has no <dfn> that explains it.`,
              },
            ],
      ),
    );
  },
};

function members(text: string): { offset: number; scope: string; member: string }[] {
  const found: { offset: number; scope: string; member: string }[] = [];
  for (const match of text.matchAll(
    /^(?:\[[^\n]*\] )?(?:partial )?(interface mixin|interface|namespace|dictionary|enum) (\w+)[^{]*\{([\s\S]*?)\};/gm,
  )) {
    const [whole, kind, scope, body] = match as unknown as [string, string, string, string];
    const start = match.index + whole.indexOf(body);
    const pattern =
      kind === "enum"
        ? /"([^"]+)"/g
        : kind === "dictionary"
          ? /(\w+)(?: = [^;]+)?;/g
          : /(\w+)(?:\([^;]*\))?;/g;
    for (const member of body.matchAll(pattern)) {
      found.push({ offset: start + member.index, scope, member: member[1]! });
    }
  }
  return found;
}
