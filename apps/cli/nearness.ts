import { BlockList, isIPv6 } from "node:net";

/** How near to this machine an address is. */
export const nearness = { publicNetwork: 0, privateNetwork: 1, thisMachine: 2 } as const;
export type Nearness = (typeof nearness)[keyof typeof nearness];

const thisMachine = new BlockList();
thisMachine.addSubnet("127.0.0.0", 8);
// An address of zeros leads here too.
thisMachine.addSubnet("0.0.0.0", 8);
thisMachine.addAddress("::", "ipv6");
thisMachine.addAddress("::1", "ipv6");

const privateNetwork = new BlockList();
for (const [network, prefix] of [
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
] as const) {
  privateNetwork.addSubnet(network, prefix);
}
privateNetwork.addSubnet("fc00::", 7, "ipv6");
privateNetwork.addSubnet("fe80::", 10, "ipv6");

export function nearnessOf(address: string): Nearness {
  const family = isIPv6(address) ? "ipv6" : "ipv4";
  if (thisMachine.check(address, family)) return nearness.thisMachine;
  return privateNetwork.check(address, family) ? nearness.privateNetwork : nearness.publicNetwork;
}

/** Of two, the one further away. */
export function further(one: Nearness, other: Nearness): Nearness {
  return one < other ? one : other;
}
