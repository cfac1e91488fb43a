/** The process of a byte server: its argument is the folder to serve; it answers each message with the tally before it. */
import type { AddressInfo } from "node:net";
import process from "node:process";
import { ByteServer } from "./byte-server.ts";
import type { Line } from "./byte-server.ts";

const bytes = new ByteServer(process.argv[2]!);

process.on("message", ({ begin }: { begin: Line | null }) => {
  const { tally } = bytes;
  if (begin !== null) bytes.begin(begin);
  process.send!(tally);
});
process.on("disconnect", () => process.exit());

bytes.server.listen(0, "127.0.0.1", () => {
  process.send!((bytes.server.address() as AddressInfo).port);
});
