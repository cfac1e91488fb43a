import { parseADigest } from "../concepts/digest.ts";
import { deviceClassTable } from "../capability-query/device-class.ts";
import type { Exposure } from "../host/host.ts";
import type { VirtualExecutor, VirtualModelEnvironment } from "../host/virtual-model-environment.ts";
import { Failure, isFailure } from "../infra/failure.ts";

const exposures: readonly unknown[] = ["device", "site", "any"] satisfies Exposure[];
const outcomes: readonly unknown[] = [
  "succeed",
  "fail",
  "lose",
  "stall",
] satisfies VirtualExecutor["outcome"][];

/** https://hybrid-ai-web.github.io/hybrid-ai/#parse-a-virtual-model-environment */
export function parseAVirtualModelEnvironment(parameters: unknown): VirtualModelEnvironment | Failure {
  // 1. If parameters is not an ordered map, then return failure.
  if (!isAnOrderedMap(parameters)) return new Failure("A virtual model environment is an object.");

  // 2. Let environment be a new virtual model environment.
  const environment: VirtualModelEnvironment = {
    deviceClass: null,
    exposureLimit: null,
    savesData: null,
    storageCapacity: null,
    storageShare: null,
    storagePressure: 0,
    memoryLimit: null,
    pinnedFiles: new Set(),
    executors: new Map(),
  };

  // 3. If parameters["deviceClass"] exists:
  if (parameters.deviceClass !== undefined) {
    // 3.1. If parameters["deviceClass"] is not the name of a class in the device class table, then return
    //      failure.
    const row = deviceClassTable.find(({ name }) => name === parameters.deviceClass);
    if (row === undefined) return new Failure("deviceClass is not a name in the device class table.");

    // 3.2. Set environment's device class to parameters["deviceClass"].
    environment.deviceClass = row.name;
  }

  // 4. If parameters["exposureLimit"] exists:
  if (parameters.exposureLimit !== undefined) {
    // 4.1. If parameters["exposureLimit"] is not a ModelExposure value, then return failure.
    if (!exposures.includes(parameters.exposureLimit)) {
      return new Failure(`exposureLimit is one of ${exposures.join(", ")}.`);
    }

    // 4.2. Set environment's exposure limit to parameters["exposureLimit"].
    environment.exposureLimit = parameters.exposureLimit as Exposure;
  }

  // 5. If parameters["storageCapacity"] exists:
  if (parameters.storageCapacity !== undefined) {
    // 5.1. If parameters["storageCapacity"] is not an integer greater than or equal to 0, then return
    //      failure.
    if (!isANumberOfBytes(parameters.storageCapacity)) {
      return new Failure("storageCapacity is a number of bytes.");
    }

    // 5.2. Set environment's storage capacity to parameters["storageCapacity"].
    environment.storageCapacity = parameters.storageCapacity;
  }

  // 6. If parameters["savesData"] exists:
  if (parameters.savesData !== undefined) {
    // 6.1. If parameters["savesData"] is not a boolean, then return failure.
    if (typeof parameters.savesData !== "boolean") return new Failure("savesData is true or false.");

    // 6.2. Set environment's saves data to parameters["savesData"].
    environment.savesData = parameters.savesData;
  }

  // 7. For each name of « "storageShare", "storagePressure", "memoryLimit" »:
  for (const name of ["storageShare", "storagePressure", "memoryLimit"] as const) {
    // 7.1. If parameters[name] does not exist, then continue.
    const value = parameters[name];
    if (value === undefined) continue;

    // 7.2. If parameters[name] is not an integer greater than or equal to 0, then return failure.
    if (!isANumberOfBytes(value)) return new Failure(`${name} is a number of bytes.`);

    // 7.3. Set environment's storage share, storage pressure or memory limit, whichever name names, to
    //      parameters[name].
    environment[name] = value;
  }

  // 8. If parameters["pinnedFiles"] exists:
  if (parameters.pinnedFiles !== undefined) {
    // 8.1. If parameters["pinnedFiles"] is not a list of digests, then return failure.
    if (!isAListOfDigests(parameters.pinnedFiles)) return new Failure("pinnedFiles is a list of digests.");

    // 8.2. Set environment's pinned files to a set of the items of parameters["pinnedFiles"].
    environment.pinnedFiles = new Set(parameters.pinnedFiles);
  }

  // 9. If parameters["executors"] does not exist, then return environment.
  if (parameters.executors === undefined) return environment;

  // 10. If parameters["executors"] is not an ordered map, then return failure.
  if (!isAnOrderedMap(parameters.executors)) return new Failure("executors is an object.");

  // 11. For each name → value of parameters["executors"]:
  for (const [name, value] of Object.entries(parameters.executors)) {
    // 11.1. If name is neither "client" nor "remote", or value is not an ordered map, then return failure.
    if ((name !== "client" && name !== "remote") || !isAnOrderedMap(value)) {
      return new Failure("executors has objects named client and remote.");
    }

    // 11.2. Let outcome be value["outcome"] with default "succeed".
    const outcome = value.outcome ?? "succeed";

    // 11.3. If outcome is not one of "succeed", "fail", "lose" and "stall", then return failure.
    if (!outcomes.includes(outcome)) return new Failure(`An outcome is one of ${outcomes.join(", ")}.`);

    // 11.4. Let latency be value["latency"] with default 0.
    const latency = value.latency ?? 0;

    // 11.5. If latency is not a finite number greater than or equal to 0, then return failure.
    if (typeof latency !== "number" || !Number.isFinite(latency) || latency < 0) {
      return new Failure("A latency is a number of milliseconds.");
    }

    // 11.6. Set environment's executors[name] to a virtual executor whose outcome is outcome and whose
    //       latency is latency.
    environment.executors.set(name, { outcome: outcome as VirtualExecutor["outcome"], latency });
  }

  // 12. Return environment.
  return environment;
}

function isANumberOfBytes(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 0;
}

function isAListOfDigests(value: unknown): value is string[] {
  return (
    Array.isArray(value) && value.every((each) => typeof each === "string" && !isFailure(parseADigest(each)))
  );
}

function isAnOrderedMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
