import type { Row, Table } from "../harness/benchmark.ts";
import { spreadOfSeries } from "../harness/spread.ts";
import type { Series, Spread } from "../harness/spread.ts";
import { armNames, arms } from "./arms.ts";
import type { Measurements } from "./cache.ts";
import { ways } from "./first-run.ts";
import type { Measured } from "./measuring.ts";
import type { ArmName } from "./page/main.ts";

/** What was measured, without any goal. */
export function tablesOf(measurements: Measurements): Table[] {
  const { sizes, times, memory, transfers, firstRuns, modelSize, repetitions } = measurements;
  const size = sizes[0]!;
  const tables: Table[] = [
    {
      title: `Time for ${size} MiB`,
      unit: "ms",
      note: "Cold: from the network, stored, in memory. Warm: from the store into memory, in a new page.",
      columns: ["cold", "warm"],
      rows: rowsOf(times.get(size)!, ["cold", "warm"], 1),
    },
  ];
  const growing = [...sizes].sort((a, b) => a - b);
  for (const task of sizes.length > 1 ? (["cold", "warm"] as const) : []) {
    tables.push({
      title: `Time as files grow, ${task}`,
      unit: "ms",
      note: `The same, for each size. Rounds of all sizes but the first: ${repetitions}.`,
      columns: growing.map((each) => `${each} MiB`),
      rows: acrossSizes(growing, times, task, 1),
    });
  }
  if (memory.has(size)) {
    const tasks = ["cold", "warm", "store"] as const;
    tables.push(
      {
        title: `Peak memory of the page for ${size} MiB`,
        unit: "MB",
        note: `Growth of the resident memory of the process of the page and its workers, by the kernel's account. Store: nobody needs the bytes in memory. Rounds of what no goal speaks of: ${repetitions}.`,
        columns: tasks,
        rows: rowsOf(memory.get(size)!, tasks, 1e6),
      },
      {
        title: `Peak memory of the browser for ${size} MiB`,
        unit: "MB",
        note: "Growth of all its processes together, each with its share of what they share, looked at many times a second.",
        columns: tasks,
        rows: rowsOf(
          memory.get(size)!,
          tasks.map((task) => `${task} in the browser` as const),
          1e6,
        ),
      },
    );
  }
  for (const task of memory.size > 1 ? (["store", "cold"] as const) : []) {
    tables.push({
      title: `Peak memory of the page as files grow, ${task}`,
      unit: "MB",
      note: "The same, for each size.",
      columns: growing.map((each) => `${each} MiB`),
      rows: acrossSizes(growing, memory, task, 1e6),
    });
  }
  tables.push({
    title: `Bytes sent for ${size} MiB over a line that drops after every 30 %`,
    unit: "× size, pages",
    note: "Counted by the server. Pages: how often the page had to be loaded until the file was there.",
    columns: ["bytes / size", "pages"],
    rows: [...transfers].map(([arm, series]) => {
      const bytes = series.bytes.map((value) => (value === undefined ? undefined : value / (size << 20)));
      return rowOf(arm, [spreadOfSeries(bytes), spreadOfSeries(series.pages)]);
    }),
  });
  if (firstRuns.size > 0) {
    tables.push({
      title: `Peak memory until the first run of a model of ${Math.round(modelSize / 1e6)} MB`,
      unit: "MB",
      note: "Growth of the resident memory of the process of the page, which has run a small model before.",
      columns: ["until the first run"],
      rows: [...firstRuns].map(([way, series]) => ({
        name: ways[way],
        ours: way.startsWith("ours"),
        cells: [scaled(series, 1e6)],
      })),
    });
  }
  return tables;
}

function rowOf(arm: ArmName, cells: Row["cells"]): Row {
  return { name: arms[arm], ours: arm.startsWith("ours"), cells };
}

function rowsOf<Name extends string>(
  measured: Measured<Name>,
  names: readonly NoInfer<Name>[],
  divisor: number,
): Row[] {
  const inOrder = armNames.filter((arm) => measured.has(arm));
  return inOrder.map((arm) => {
    const series = measured.get(arm)!;
    return rowOf(
      arm,
      names.map((name) => scaled(series[name], divisor)),
    );
  });
}

function acrossSizes<Name extends string>(
  sizes: readonly number[],
  measured: ReadonlyMap<number, Measured<Name>>,
  name: NoInfer<Name>,
  divisor: number,
): Row[] {
  const [last] = [...measured.values()].slice(-1);
  const rows = [...last!.keys()].map((arm) => {
    const cells = sizes.map((size) => scaled(measured.get(size)?.get(arm)?.[name] ?? [], divisor));
    return rowOf(arm, cells);
  });
  return rows.filter(({ cells }) => cells.some((cell) => cell !== null));
}

function scaled(series: Series, divisor: number): Spread | null {
  return spreadOfSeries(series.map((value) => (value === undefined ? undefined : value / divisor)));
}
