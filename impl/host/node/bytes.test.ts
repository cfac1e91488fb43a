import { describeBytes } from "../bytes-conformance.test.ts";
import { createANodeHost } from "./node-host.ts";

describeBytes("Node", async () => createANodeHost(globalThis));
