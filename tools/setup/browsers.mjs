import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { canInstallDebianPackages, installDebianPackages } from "./debian.mjs";
import { Skipped } from "./programs.mjs";
import {
  chromiumArguments,
  chromiumExecutable,
  firefoxExecutable,
  pythonWithWebKit,
  toolsFolder,
} from "./where.mjs";

/** The browsers that the tests and the demo run in, and a font for the demo's pictures. */
export const browsers = {
  name: "the browsers",
  takes: "1 to 3 minutes",

  isReady() {
    return missing().length === 0 && launcherIsReady();
  },

  /** @param {() => void} announce */
  prepare(announce) {
    if (missing().length > 0 && canInstallDebianPackages()) {
      announce();
      installDebianPackages(missing().flatMap(({ debianPackages }) => debianPackages));
    }
    if (!launcherIsReady()) makeLauncher();
    const names = missing().map(({ name }) => name);
    if (names.length > 0) {
      throw new Skipped(
        `no ${names.join(" and no ")} found, so what runs in it is skipped. ` +
          `Install it, or say where it is with CHROMIUM_PATH, FIREFOX_PATH or WEBKIT_PYTHON_PATH.`,
      );
    }
  },
};

function missing() {
  const wanted = [
    { name: "Chromium", debianPackages: ["chromium"], there: chromiumExecutable() !== null },
    { name: "Firefox", debianPackages: ["firefox-esr"], there: firefoxExecutable() !== null },
    {
      name: "WebKitGTK 4.1 with Python's bindings and Xvfb",
      debianPackages: ["gir1.2-webkit2-4.1", "python3-gi", "xvfb"],
      there: process.platform !== "linux" || pythonWithWebKit() !== null,
    },
    {
      name: "font",
      debianPackages: ["fonts-dejavu-core"],
      there: !canInstallDebianPackages() || hasFont(),
    },
  ];
  return wanted.filter(({ there }) => !there);
}

function hasFont() {
  return existsSync("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf");
}

const launcher = path.join(toolsFolder, "chromium");

/** The script behind chromiumLauncher(), or null where Chromium starts as it is. */
function launcherScript() {
  const chromium = chromiumExecutable();
  if (chromium === null || chromiumArguments().length === 0 || process.platform === "win32") return null;
  return `#!/bin/sh\nexec "${chromium}" ${chromiumArguments().join(" ")} "$@"\n`;
}

function launcherIsReady() {
  const script = launcherScript();
  return script === null || (existsSync(launcher) && readFileSync(launcher, "utf8") === script);
}

function makeLauncher() {
  const script = launcherScript();
  if (script === null) return;
  mkdirSync(toolsFolder, { recursive: true });
  writeFileSync(launcher, script);
  chmodSync(launcher, 0o755);
}
