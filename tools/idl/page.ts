import process from "node:process";
import { pathToFileURL } from "node:url";

/** What this needs of reffy, which has no types. */
interface Reffy {
  crawlSpecs(specifications: readonly object[], options: object): Promise<readonly Crawled[]>;
}
interface Crawled {
  readonly idl?: string;
  readonly error?: string;
}

/**
 * The IDL of the built specification, as reffy extracts it from its page.
 *
 * @param file - the page that Bikeshed wrote
 * @param browser - a program that starts Chromium; as the super-user, one that starts it without its sandbox
 */
export async function idlInPage(file: string, browser: string): Promise<string> {
  // Puppeteer, on which reffy stands, reads it when it is loaded.
  process.env["PUPPETEER_EXECUTABLE_PATH"] = browser;
  const specifier = "reffy";
  const reffy = (await import(specifier)) as Reffy;

  const url = pathToFileURL(file).href;
  const shortname = "hybrid-ai";
  const specification = {
    url,
    shortname,
    series: { shortname, currentSpecification: shortname },
    nightly: { url },
  };
  const [crawled] = await reffy.crawlSpecs([specification], { modules: ["idl"], quiet: true });
  if (crawled?.error !== undefined) throw new Error(`reffy could not read ${file}: ${crawled.error}`);
  if (!crawled?.idl) throw new Error(`reffy found no IDL in ${file}.`);
  return `${crawled.idl}\n`;
}
