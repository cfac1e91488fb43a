/** Where the programs are that the runner starts; set-up brings them. */
import { chromiumExecutable, firefoxExecutable, python, pythonWithWebKit } from "../../tools/setup/where.mjs";

const places = {
  Python: python,
  Chromium: chromiumExecutable,
  Firefox: firefoxExecutable,
  WebKitGTK: pythonWithWebKit,
};

export function pathOf(program: keyof typeof places): string {
  const path = places[program]();
  if (path === null)
    throw new Error(`There is no ${program} here: \`node tools/setup/setup.mjs\` brings it.`);
  return path;
}
