import { cp } from "node:fs/promises";
import path from "node:path";
import { root } from "../../../tools/setup/where.mjs";
import type { Benchmark, Figure, Report, Row, Table } from "../harness/benchmark.ts";
import { Laboratory } from "../harness/laboratory.ts";
import { inRounds } from "../harness/rounds.ts";
import { buildSite } from "../harness/site.ts";
import { ratioOf, spreadOf, spreadOfSeries } from "../harness/spread.ts";
import type { Series, Spread } from "../harness/spread.ts";
import { forms, modelNames, models, nameOfForm, writeForms } from "./models.ts";
import type { Form, ModelName } from "./models.ts";
import type { PreparedForms, Start } from "./page/main.ts";

type Globals = typeof globalThis & { bench: PreparedForms };

/** What is measured in a page of its own. */
type Arm = `${ModelName}.${Form}` | "runtime" | "compile" | "hand over";

/** Milliseconds. */
type Times = Partial<Record<"first" | "create" | "firstRun" | "laterRun", number>>;

export const preparedForms: Benchmark = {
  question: "what would be gained if the cache kept a prepared form of a model, or of the runtime",

  async run({ browser, rounds, quick, seed, minutes, say }): Promise<Report> {
    const folder = await buildSite("prepared-forms", {
      source: path.join(import.meta.dirname, "page"),
      scripts: ["main.ts"],
      pages: ["page.html"],
    });
    await cp(path.join(root, "dist/onnxruntime"), path.join(folder, "dist/onnxruntime"), { recursive: true });
    const sizes = await writeForms(path.join(folder, "models"));
    const laboratory = await Laboratory.open(folder, browser);
    const start = performance.now();
    try {
      const failures: string[] = [];
      const count = rounds ?? (quick ? 3 : 7);
      const arms: Arm[] = ["runtime", "compile", "hand over"];
      for (const model of modelNames) arms.push(...forms.map((form): Arm => `${model}.${form}`));
      const results = await inRounds({
        arms,
        count,
        seed,
        measure: (arm) => measure(laboratory, arm),
        onRound: (round) => {
          say(`round ${round + 1} of ${count}`);
        },
        onFailure: (arm, error) => failures.push(`${arm}: ${String(error)}`),
        goOn: () => performance.now() - start < 60_000 * minutes,
      });
      const series = (arm: Arm, name: keyof Times): Series => results.get(arm)!.map((times) => times?.[name]);
      return {
        name: "prepared-forms",
        browser: await laboratory.version,
        seed,
        rounds: count,
        figures: figuresOf(series, sizes),
        tables: tablesOf(series),
        failures,
      };
    } finally {
      await laboratory.close();
    }
  },
};

const smallest: ModelName = "language-identification float32";

function measure(laboratory: Laboratory, arm: Arm): Promise<Times> {
  // One origin: the runtime that one page has loaded is kept for the next.
  return laboratory.withPage("prepared-forms", "", async (page) => {
    const start = (name: ModelName, form: Form): Promise<Start> =>
      page.evaluate(
        (url, shape) => (globalThis as Globals).bench.startModel(url, shape),
        `/models/${nameOfForm(name, form)}`,
        models[name].shape,
      );
    const startRuntime = () =>
      page.evaluate(
        (url, shape) => (globalThis as Globals).bench.startRuntime(url, shape),
        `/models/${nameOfForm(smallest, "onnx")}`,
        models[smallest].shape,
      );
    if (arm === "runtime") return { first: await startRuntime() };
    if (arm === "compile")
      return { first: await page.evaluate(() => (globalThis as Globals).bench.compile()) };
    if (arm === "hand over")
      return { first: await page.evaluate(() => (globalThis as Globals).bench.handOver()) };
    const [name, form] = arm.split(".") as [ModelName, Form];
    await startRuntime();
    const times = await start(name, form);
    return { ...times, first: times.create + times.firstRun };
  });
}

function figuresOf(
  series: (arm: Arm, name: keyof Times) => Series,
  sizes: ReadonlyMap<ModelName, Record<Form, number>>,
): Figure[] {
  const figure = (name: string, what: string, spread: Spread | null, unit = ""): Figure[] => {
    return spread === null ? [] : [{ name, what, unit, goal: null, spread }];
  };
  const ofModels = modelNames.flatMap((name) => {
    const ratio = (time: keyof Times) => ratioOf(series(`${name}.ort`, time), series(`${name}.onnx`, time));
    const prepared = series(`${name}.ort`, "first");
    const gain = series(`${name}.onnx`, "first").map((value, round) => {
      const other = prepared[round];
      return value === undefined || other === undefined ? undefined : value - other;
    });
    const { onnx, ort } = sizes.get(name)!;
    return [
      ...figure(`${name}: start`, "until the first run is over, prepared / published", ratio("first")),
      ...figure(`${name}: gain`, "what this saves", spreadOfSeries(gain), "ms"),
      ...figure(`${name}: later`, "a later run, prepared / published", ratio("laterRun")),
      ...figure(`${name}: size`, "bytes, prepared / published", spreadOf([ort / onnx])),
    ];
  });
  const reuse = ratioOf(series("hand over", "first"), series("compile", "first"));
  return [
    ...ofModels,
    ...figure("runtime: reuse", "compiled and handed over / compiled from what the browser kept", reuse),
  ];
}

function tablesOf(series: (arm: Arm, name: keyof Times) => Series): Table[] {
  const columns = { create: "create", firstRun: "first run", laterRun: "later run" } as const;
  const times = Object.keys(columns) as (keyof typeof columns)[];
  const rows = modelNames.flatMap((name) =>
    forms.map((form): Row => {
      const cells = times.map((time) => spreadOfSeries(series(`${name}.${form}`, time)));
      return {
        name: `${name}, ${form === "ort" ? "prepared" : "as published"}`,
        ours: form === "ort",
        cells,
      };
    }),
  );
  const runtime: [Arm, string][] = [
    ["runtime", "the runtime, until a small model has run"],
    ["compile", "of this, its WebAssembly compiled"],
    ["hand over", "the same, compiled before and handed to a worker"],
  ];
  return [
    {
      title: "Time until a model runs",
      unit: "ms",
      note: "In a runtime that is there: a session from bytes in memory, its first run, and a later one.",
      columns: Object.values(columns),
      rows,
    },
    {
      title: "Time until the runtime is there",
      unit: "ms",
      note: "In a new page, whose browser has kept the runtime's files, and what it made of them, from an earlier one.",
      columns: ["time"],
      rows: runtime.map(([arm, name]) => ({
        name,
        ours: false,
        cells: [spreadOfSeries(series(arm, "first"))],
      })),
    },
  ];
}
