import path from "node:path";
import type { Rule } from "eslint";

const saysNothing = /^(utils?|helpers?|common|misc|shared|index)$/;
const words = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const implementation = /^[A-Z][A-Za-z]*-impl$/;

/**
 * A file is named, in lower-case words with hyphens, after the one thing that it holds. The implementation of an
 * interface is named as the bindings look for it.
 */
export const fileName: Rule.RuleModule = {
  meta: {
    type: "suggestion",
    schema: [],
    messages: {
      words: "Name the file in lower-case words with hyphens: '{{name}}'.",
      nothing: "'{{name}}' says nothing of what is inside: name the file after the one thing that it holds.",
    },
  },
  create(context) {
    return {
      Program(node) {
        const name = path.basename(context.filename).replace(/\..*$/, "");
        if (saysNothing.test(name)) context.report({ node, messageId: "nothing", data: { name } });
        else if (!words.test(name) && !implementation.test(name))
          context.report({ node, messageId: "words", data: { name } });
      },
    };
  },
};
