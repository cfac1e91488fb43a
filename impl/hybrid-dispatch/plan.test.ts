import { describe, it } from "mocha";
import assert from "node:assert/strict";
import { isFailure } from "../infra/failure.ts";
import type { ModelManifest, Part, TensorDescription, Variant } from "../model-manifest/manifest.ts";
import { createARemote } from "../remote-execution/remote.ts";
import type { Remote } from "../remote-execution/remote.ts";
import { cutAVariant, inputsOf, listThePlans, outputsOf, placementOf } from "./plan.ts";
import type { Plan } from "./plan.ts";

const float: TensorDescription = { dataType: "float32", shape: [3] };

function part(digest: string, inputs: string[], outputs: string[]): Part {
  return { file: { digest } as Part["file"], inputs, outputs };
}

function variant(name: string, fidelity: number, parts: Part[]): Variant {
  return { name, fidelity, parts, format: "onnx", precision: null, group: null } as unknown as Variant;
}

/** x -> a -> h -> b -> i -> c -> y, where c also takes h and x, and b gives z beside i. */
const [a, b, c] = [part("a", ["x"], ["h"]), part("b", ["h"], ["i", "z"]), part("c", ["i", "h", "x"], ["y"])];
const exact = variant("exact", 1, [a, b, c]);
const rough = variant("rough", 0.5, [part("r", ["x"], ["y", "z"])]);
const manifest = {
  inputs: new Map([["x", float]]),
  outputs: new Map([
    ["y", float],
    ["z", float],
  ]),
  variants: [exact, rough],
} as unknown as ModelManifest;

function remote(members: { variant?: string; parts?: string[] } = {}): Remote {
  return createARemote({ url: "https://a.example", ...members }, new URL("https://a.example")) as Remote;
}

function inWords({ variant, stages }: Plan): string {
  const where = stages.map(({ remote, parts }) => {
    return `${remote === null ? "client" : "remote"} ${parts.map(({ file }) => file.digest).join("")}`;
  });
  return `${variant.name}: ${where.join(", ")}`;
}

const listed = (clientVariant: Variant | null, remotes: Remote[], minFidelity?: number) =>
  listThePlans(manifest, clientVariant, remotes, { ...(minFidelity !== undefined && { minFidelity }) }).map(
    inWords,
  );

describe("list the plans", () => {
  it("the client first, then the remotes as the page named them", () => {
    const remotes = [remote({ variant: "rough" }), remote()];
    assert.deepEqual(listed(exact, remotes), ["exact: client abc", "rough: remote r", "exact: remote abc"]);
    assert.deepEqual(listed(null, remotes), ["rough: remote r", "exact: remote abc"]);
    assert.deepEqual(listed(null, []), []);
  });

  it("a remote whose variant the manifest does not have makes no plan", () => {
    assert.deepEqual(listed(null, [remote({ variant: "other" })]), []);
  });

  it("a remote whose variant is not good enough makes no plan", () => {
    assert.deepEqual(listed(null, [remote({ variant: "rough" }), remote()], 0.6), ["exact: remote abc"]);
    assert.deepEqual(listed(null, [remote({ variant: "rough" })], 0.5), ["rough: remote r"]);
  });

  it("a manifest without variants makes no plan", () => {
    assert.deepEqual(listThePlans({ ...manifest, variants: [] }, null, [remote()], {}), []);
  });

  it("a remote that runs some of the parts makes a plan together with the client, if that runs the variant", () => {
    const cut = [["a"], ["a", "b"], ["b"], ["b", "c"], ["c"], ["a", "b", "c"]].map((parts) =>
      remote({ parts }),
    );
    assert.deepEqual(listed(exact, cut), [
      "exact: client abc",
      "exact: remote a, client bc",
      "exact: remote ab, client c",
      "exact: client a, remote b, client c",
      "exact: client a, remote bc",
      "exact: client ab, remote c",
      "exact: remote abc",
    ]);
    assert.deepEqual(listed(rough, cut), ["rough: client r", "exact: remote abc"]);
    assert.deepEqual(listed(null, cut), ["exact: remote abc"]);
  });

  it("a remote whose parts the client's variant does not have side by side makes no plan", () => {
    assert.deepEqual(listed(exact, [remote({ parts: ["a", "c"] }), remote({ parts: ["d"] })]), [
      "exact: client abc",
    ]);
  });

  it("cut a variant: parts that are not neighbours, in another order or unknown are failure", () => {
    for (const parts of [["a", "c"], ["b", "a"], ["d"], ["a", "b", "c", "d"], ["a", "a"]]) {
      assert.ok(isFailure(cutAVariant(exact, remote({ parts }))), parts.join());
    }
  });
});

describe("cut a variant", () => {
  it("step 3: of equal neighbours the first are the remote's", () => {
    const [a, b] = exact.parts;
    const stages = cutAVariant({ ...exact, parts: [a!, b!, a!, b!] }, remote({ parts: ["a", "b"] }));
    assert.ok(!isFailure(stages));
    assert.deepEqual(
      stages.map(({ remote, parts }) => [remote !== null, parts.length]),
      [
        [true, 2],
        [false, 2],
      ],
    );
  });
});

describe("a plan", () => {
  const planOf = (parts: string[]) => listThePlans(manifest, exact, [remote({ parts })], {}).at(-1)!;

  it("is placed where its stages are", () => {
    assert.equal(placementOf(planOf(["b"])), "split");
    assert.equal(placementOf(planOf(["a", "b", "c"])), "remote");
    assert.equal(placementOf(listThePlans(manifest, exact, [], {})[0]!), "client");
  });

  it("sends across a cut what the other side needs, and no more", () => {
    const plan = planOf(["b"]);
    const [first, second, third] = plan.stages;
    assert.deepEqual([inputsOf(first!), outputsOf(first!, plan, manifest)], [new Set(["x"]), new Set(["h"])]);
    assert.deepEqual(
      [inputsOf(second!), outputsOf(second!, plan, manifest)],
      [new Set(["h"]), new Set(["i", "z"])],
    );
    assert.deepEqual(
      [inputsOf(third!), outputsOf(third!, plan, manifest)],
      [new Set(["i", "h", "x"]), new Set(["y"])],
    );
  });

  it("asks a remote that runs all parts for the model's outputs alone", () => {
    const plan = planOf(["a", "b", "c"]);
    assert.deepEqual(inputsOf(plan.stages[0]!), new Set(["x"]));
    assert.deepEqual(outputsOf(plan.stages[0]!, plan, manifest), new Set(["z", "y"]));
  });
});
