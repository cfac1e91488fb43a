/**
 * The rooms of the house and the doors between them: which files may import which.
 *
 * Imports run one way: infra and contracts, the interfaces of hosts and backends, the chapters in the spec's
 * order, strategies, install, entry points. CONTRIBUTING.md says why.
 */

export interface Room {
  readonly name: string;
  /** The files of the room, as the beginning of their path from the root, or as an expression over that path. */
  readonly files: string | RegExp;
  /** The rooms, beside itself, that it may import from. */
  readonly from: readonly string[];
  /** The rooms that it may import types from. */
  readonly typesFrom?: readonly string[];
  /** What it may import by name: nothing, any package, or any package together with this one's public exports. */
  readonly packages: "none" | "others" | "any";
}

/** The chapters that have code, in the order in which one may build on another. */
export const chapters = [
  "concepts",
  "model-manifest",
  "capability-query",
  "model-cache",
  "remote-execution",
  "hybrid-dispatch",
  "automation",
] as const;

const ground = ["contracts", "infra"];
const interfaces = ["host interface", "backend interface"];

/** In the order in which they are asked: a file belongs to the first room that claims it. */
export const rooms: readonly Room[] = [
  { name: "contracts", files: "idl/contracts.ts", from: ["infra"], packages: "none" },
  { name: "page types", files: /^idl\/page-(types|globals)\.ts$/, from: [], packages: "none" },
  { name: "infra", files: "impl/infra/", from: ["contracts"], packages: "none" },

  {
    name: "host interface",
    files: /^impl\/host\/[^/]+$/,
    from: [...ground, "backend interface"],
    typesFrom: ["concepts"],
    packages: "none",
  },
  {
    name: "backend interface",
    files: /^impl\/backend\/[^/]+$/,
    from: ground,
    typesFrom: ["concepts"],
    packages: "none",
  },

  ...chapters.map((name, position): Room => {
    const earlier = chapters.slice(0, position);
    return {
      name,
      files: `impl/${name}/`,
      from: [...ground, ...interfaces, ...earlier],
      packages: "none",
    };
  }),
  {
    name: "strategies",
    files: "impl/strategies/",
    from: [...ground, ...interfaces, ...chapters],
    packages: "none",
  },

  ...["browser", "node", "virtual"].map((kind): Room => {
    return {
      name: `${kind} host`,
      files: `impl/host/${kind}/`,
      from: [...ground, ...interfaces],
      typesFrom: ["concepts"],
      packages: "others",
    };
  }),
  ...["onnxruntime-web", "onnxruntime-node", "arithmetic"].map((kind): Room => {
    return {
      name: `${kind} backend`,
      files: `impl/backend/${kind}/`,
      from: [...ground, ...interfaces],
      typesFrom: ["concepts"],
      packages: "others",
    };
  }),

  { name: "bindings", files: "impl/generated/", from: [], packages: "others" },
  {
    name: "install",
    files: "impl/install/",
    from: [
      ...ground,
      "page types",
      ...interfaces,
      ...chapters,
      "strategies",
      "any host",
      "any backend",
      "bindings",
    ],
    packages: "others",
  },
  { name: "adapters", files: "impl/adapters/", from: ["page types"], packages: "none" },
  {
    name: "entry points",
    files: /^impl\/[^/]+$/,
    from: [
      "adapters",
      ...ground,
      "page types",
      ...interfaces,
      ...chapters,
      "strategies",
      "any host",
      "any backend",
      "install",
    ],
    packages: "others",
  },

  ...["cli", "demo", "extension"].map((name): Room => {
    return { name: `apps/${name}`, files: `apps/${name}/`, from: [], packages: "any" };
  }),

  { name: "apps/server", files: "apps/server/", from: ["apps/cli"], packages: "any" },
  { name: "apps/start", files: "apps/start/", from: ["apps/server", "tools"], packages: "any" },
  { name: "apps/bench", files: "apps/bench/", from: ["apps/start", "apps/cli", "tools"], packages: "any" },

  { name: "idl", files: "idl/", from: ["contracts", "tools"], packages: "others" },
  { name: "tools/mutate", files: "tools/mutate/", from: ["tools", "wpt runner"], packages: "any" },
  {
    name: "tools",
    files: "tools/",
    from: ["idl", "contracts", "apps/cli", "apps/demo"],
    packages: "any",
  },
  { name: "wpt runner", files: "wpt/runner/", from: ["tools", "node host"], packages: "any" },
  { name: "wpt", files: "wpt/hybrid-ai/", from: [], packages: "none" },
];

/** @param path - from the root of the repository, with forward slashes */
export function roomOf(path: string): Room | undefined {
  return rooms.find(({ files }) => (typeof files === "string" ? path.startsWith(files) : files.test(path)));
}

/** Whether a file of the first room may import from the second. */
export function mayImport(importer: Room, imported: Room, typesOnly: boolean): boolean {
  if (importer === imported) return true;
  const names = [imported.name];
  if (imported.files.toString().startsWith("impl/host/")) names.push("any host");
  if (imported.files.toString().startsWith("impl/backend/")) names.push("any backend");
  const open = typesOnly ? [...importer.from, ...(importer.typesFrom ?? [])] : importer.from;
  return names.some((name) => open.includes(name));
}
