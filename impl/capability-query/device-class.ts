import type { Host } from "../host/host.ts";

/** https://hybrid-ai-web.github.io/hybrid-ai/#device-class */
export interface DeviceClass {
  readonly name: string;
  readonly operationsPerSecond: number;
  readonly bytesPerSecond: number;
  /** In bytes. */
  readonly memory: number;
  readonly features: readonly string[];
}

const MiB = 2 ** 20;
const GiB = 2 ** 30;
const all = ["int8", "float16", "accelerator"];

/** https://hybrid-ai-web.github.io/hybrid-ai/#device-class-table */
export const deviceClassTable: readonly DeviceClass[] = [
  row("class-1", 1e9, 1e9, 256 * MiB, []),
  row("class-2", 4e9, 4e9, 512 * MiB, []),
  row("class-3", 16e9, 8e9, 1 * GiB, ["int8"]),
  row("class-4", 64e9, 16e9, 2 * GiB, ["int8"]),
  row("class-5", 250e9, 32e9, 4 * GiB, all),
  row("class-6", 1e12, 64e9, 8 * GiB, all),
  row("class-7", 4e12, 128e9, 16 * GiB, all),
  row("class-8", 16e12, 512e9, 32 * GiB, all),
];

function row(
  name: string,
  operationsPerSecond: number,
  bytesPerSecond: number,
  memory: number,
  features: readonly string[],
): DeviceClass {
  return { name, operationsPerSecond, bytesPerSecond, memory, features };
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#device-class : the user agent's. */
export async function deviceClassOf(host: Host): Promise<DeviceClass> {
  const name = await host.deviceClass();
  const deviceClass = deviceClassTable.find((each) => each.name === name);
  if (deviceClass === undefined) {
    const names = deviceClassTable.map((each) => each.name).join(", ");
    throw new Error(`The host gives "${name}" as its device class. It must be one of: ${names}.`);
  }
  return deviceClass;
}
