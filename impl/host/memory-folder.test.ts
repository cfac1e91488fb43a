import { describeFolder } from "./folder-conformance.test.ts";
import { MemoryFolder } from "./memory-folder.ts";

describeFolder("MemoryFolder", async () => new MemoryFolder());
