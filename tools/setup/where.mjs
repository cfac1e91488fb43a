/**
 * Where the things are that the tools need from outside npm: each function answers with a path, or null
 * where this machine has no such thing. Nothing here installs anything.
 */
import { accessSync, constants, existsSync, statSync } from "node:fs";
import { userInfo } from "node:os";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

/** The root of the repository. */
export const root = fileURLToPath(new URL("../..", import.meta.url));

/** What set-up installs beside npm's packages. */
export const toolsFolder = path.join(root, ".tools");

const onWindows = process.platform === "win32";

/** @returns {boolean} whether this process is the super-user, as which Chromium refuses its sandbox */
export function isSuperUser() {
  return process.getuid?.() === 0;
}

/**
 * In containers HOME can be a folder of somebody else's, and there Firefox refuses to start for the super-user.
 *
 * @returns {string | undefined} HOME; where that is not the super-user's who asks, the folder that is
 */
export function home() {
  const { HOME } = process.env;
  if (!isSuperUser() || HOME === undefined || !existsSync(HOME) || statSync(HOME).uid === 0) return HOME;
  return userInfo().homedir;
}

/** @returns {string | null} Node of the version that runs the sources as they are: 24 or later */
export function node() {
  const packaged = path.join(root, "node_modules", `node-${process.platform}-${process.arch}`, "bin", "node");
  if (existsSync(packaged)) return packaged;
  return Number(process.versions.node.split(".")[0]) >= 24 ? process.execPath : null;
}

/** @returns {string | null} CHROMIUM_PATH, or Chromium or Chrome in its usual place */
export function chromiumExecutable() {
  if (process.env.CHROMIUM_PATH) return existing(process.env.CHROMIUM_PATH);
  return firstOf({
    linux: [
      // Debian's: the program itself, without the script on the path that adds flags of its own.
      "/usr/lib/chromium/chromium",
      ...onThePath("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"),
    ],
    darwin: [
      "/Applications/Chromium.app/Contents/MacOS/Chromium",
      "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    ],
    win32: programFiles("Chromium\\Application\\chrome.exe", "Google\\Chrome\\Application\\chrome.exe"),
  });
}

/** @returns {string[]} the arguments without which Chromium does not start for this user */
export function chromiumArguments() {
  return isSuperUser() ? ["--no-sandbox"] : [];
}

/** How long a browser may take to start, and to answer, in milliseconds: a busy machine takes long, and only one that hangs takes longer. */
export const browserLimits = { timeout: 120_000, protocolTimeout: 600_000 };

/**
 * For tools that start a browser but let nobody add arguments.
 *
 * @returns {string | null} a program that starts Chromium with {@link chromiumArguments}
 */
export function chromiumLauncher() {
  const chromium = chromiumExecutable();
  if (chromium === null || chromiumArguments().length === 0) return chromium;
  return existing(path.join(toolsFolder, "chromium"));
}

/** @returns {string | null} FIREFOX_PATH, or Firefox in its usual place */
export function firefoxExecutable() {
  if (process.env.FIREFOX_PATH) return existing(process.env.FIREFOX_PATH);
  return firstOf({
    linux: [
      "/usr/lib/firefox-esr/firefox-esr",
      "/usr/lib/firefox/firefox",
      ...onThePath("firefox-esr", "firefox"),
    ],
    darwin: ["/Applications/Firefox.app/Contents/MacOS/firefox"],
    win32: programFiles("Mozilla Firefox\\firefox.exe"),
  });
}

/**
 * WebKitGTK is a library: Python opens its windows, on a display of Xvfb's.
 *
 * @returns {string | null} WEBKIT_PYTHON_PATH, or the Python of Debian and its kin where it finds WebKitGTK
 */
export function pythonWithWebKit() {
  if (onThePath("Xvfb").length === 0) return null;
  if (process.env.WEBKIT_PYTHON_PATH) return existing(process.env.WEBKIT_PYTHON_PATH);
  const architecture = process.arch === "arm64" ? "aarch64" : "x86_64";
  const needed = [
    "/usr/lib/python3/dist-packages/gi",
    `/usr/lib/${architecture}-linux-gnu/girepository-1.0/WebKit2-4.1.typelib`,
  ];
  return needed.every((file) => existsSync(file)) ? existing("/usr/bin/python3") : null;
}

/** @returns {string | null} the system's Python 3 */
export function systemPython() {
  return onThePath(...(onWindows ? ["python.exe", "py.exe"] : ["python3"]))[0] ?? null;
}

/** @returns {string | null} the Python of the project's own environment, which has Bikeshed and wptserve */
export function python() {
  return inPythonEnvironment("python");
}

/** @returns {string | null} */
export function bikeshed() {
  return inPythonEnvironment("bikeshed");
}

/** @returns {string} */
export function pythonEnvironment() {
  return path.join(toolsFolder, "python");
}

/** @param {string} program */
function inPythonEnvironment(program) {
  return existing(
    onWindows
      ? path.join(pythonEnvironment(), "Scripts", `${program}.exe`)
      : path.join(pythonEnvironment(), "bin", program),
  );
}

/**
 * The programs of these names on the PATH, in the order of the names.
 *
 * @param {...string} names
 * @returns {string[]}
 */
export function onThePath(...names) {
  const folders = (process.env.PATH ?? "").split(path.delimiter).filter((folder) => folder !== "");
  return names.flatMap((name) => folders.map((folder) => path.join(folder, name)).filter(isExecutable));
}

/** @param {string} file */
function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** @param {...string} rests */
function programFiles(...rests) {
  const folders = ["ProgramFiles", "ProgramFiles(x86)", "LocalAppData"].flatMap(
    (name) => process.env[name] ?? [],
  );
  return rests.flatMap((rest) => folders.map((folder) => path.join(folder, rest)));
}

/** @param {Partial<Record<NodeJS.Platform, string[]>>} places */
function firstOf(places) {
  return (places[process.platform] ?? places.linux ?? []).find((file) => existsSync(file)) ?? null;
}

/** @param {string} file */
function existing(file) {
  return existsSync(file) ? file : null;
}
