import process from "node:process";
import { parseArgs } from "node:util";
import { createServer, usualPort } from "./server.ts";

const usage = `Serves the text, the demo, the bundles and the models of this checkout, and runs the models for who asks.

  node apps/server/main.ts [--port NUMBER] [--hostname NAME] [--isolated]

  --port      where to listen: ${usualPort} unless told otherwise, 0 for any that is free
  --hostname  on which address: localhost, which the network cannot reach, unless told otherwise
  --isolated  makes the pages cross-origin isolated, so that WebAssembly may use threads`;

try {
  const { values } = parseArgs({
    options: {
      port: { type: "string", default: String(usualPort) },
      hostname: { type: "string", default: "localhost" },
      isolated: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const { port, hostname, isolated, help } = values;
  if (help) {
    console.log(usage);
  } else {
    const { url } = await createServer({ port: Number(port), hostname, isolated });
    console.log(url);
  }
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
