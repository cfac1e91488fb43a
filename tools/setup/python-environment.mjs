import { copyFileSync, existsSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { canInstallDebianPackages, installDebianPackages } from "./debian.mjs";
import { ProgramFailed, Skipped, run } from "./programs.mjs";
import { bikeshed, python, pythonEnvironment, systemPython } from "./where.mjs";

const requirements = fileURLToPath(new URL("requirements.txt", import.meta.url));
const installed = path.join(pythonEnvironment(), "requirements.txt");

const needed =
  "no Bikeshed and no wptserve, so building the specification and the web-platform-tests are skipped. " +
  "They need Python 3.9 or later with its venv module, and PyPI.";

/** A Python environment of the project's own, with Bikeshed and wptserve at the versions that we pinned. */
export const pythonTools = {
  name: "Bikeshed and wptserve",
  takes: "some 30 s",

  isReady() {
    return bikeshed() !== null && existsSync(installed) && same(installed, requirements);
  },

  /** @param {() => void} announce */
  prepare(announce) {
    if (systemPython() === null && !canInstallDebianPackages()) throw new Skipped(needed);
    announce();
    rmSync(pythonEnvironment(), { recursive: true, force: true });
    try {
      makeEnvironment();
      const pip = python();
      if (pip === null) throw new ProgramFailed("python3 -m venv made no environment");
      run(pip, ["-m", "pip", "install", "--disable-pip-version-check", "--no-deps", "-r", requirements]);
    } catch (error) {
      rmSync(pythonEnvironment(), { recursive: true, force: true });
      if (!(error instanceof ProgramFailed)) throw error;
      throw new Skipped(`${needed}\n${error.message}`);
    }
    copyFileSync(requirements, installed);
  },
};

function makeEnvironment() {
  const attempt = () => {
    const system = systemPython();
    if (system === null) throw new ProgramFailed("There is no python3 on the PATH.");
    run(system, ["-m", "venv", pythonEnvironment()]);
  };
  try {
    attempt();
  } catch (error) {
    if (!(error instanceof ProgramFailed) || !canInstallDebianPackages()) throw error;
    installDebianPackages(["python3", "python3-venv"]);
    attempt();
  }
}

/**
 * @param {string} one
 * @param {string} other
 */
function same(one, other) {
  return readFileSync(one, "utf8") === readFileSync(other, "utf8");
}
