/** Furnishes the page of the last `npm run spec` anew, with the results that there are now. */
import { furnishTheBuild } from "./build.ts";

furnishTheBuild("build/plain.html");
