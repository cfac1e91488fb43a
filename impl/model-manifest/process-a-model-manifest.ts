import { Failure, failureIn, isFailure } from "../infra/failure.ts";
import { isAList, isAnOrderedMap, withDefault } from "../infra/json.ts";
import type { JSONValue } from "../infra/json.ts";
import type { ModelManifest, Variant } from "./manifest.ts";
import { processAssets } from "./process-assets.ts";
import { processAName, processAnOptionalName } from "./process-a-name.ts";
import { processAVariant } from "./process-a-variant.ts";
import { processTensorDescriptions } from "./process-tensor-descriptions.ts";

/** https://hybrid-ai-web.github.io/hybrid-ai/#process-a-model-manifest */
export function processAModelManifest(json: JSONValue, baseURL: URL): ModelManifest | Failure {
  // 1. If json is not an ordered map, then return failure.
  if (!isAnOrderedMap(json)) return new Failure("it is not a JSON object");

  // 2. Let name be the result of processing a name given json["name"] with default null.
  const name = processAName(withDefault(json, "name", null));

  // 3. Let version be the result of processing a name given json["version"] with default null.
  const version = processAName(withDefault(json, "version", null));

  // 4. Let license be the result of processing an optional name given json and "license".
  const license = processAnOptionalName(json, "license");

  // 5. Let inputs be the result of processing tensor descriptions given json["inputs"] with default null.
  const inputs = processTensorDescriptions(withDefault(json, "inputs", null));

  // 6. Let outputs be the result of processing tensor descriptions given json["outputs"] with default null.
  const outputs = processTensorDescriptions(withDefault(json, "outputs", null));

  // 7. If any of name, version, license, inputs, and outputs is failure, then return failure.
  if (isFailure(name)) return failureIn("name", name);
  if (isFailure(version)) return failureIn("version", version);
  if (isFailure(license)) return failureIn("license", license);
  if (isFailure(inputs)) return failureIn("inputs", inputs);
  if (isFailure(outputs)) return failureIn("outputs", outputs);

  // 8. If any key of outputs is a key of inputs, then return failure.
  for (const key of outputs.keys()) {
    if (inputs.has(key)) return failureIn("outputs", new Failure(`"${key}" is the name of an input`));
  }

  // 9. Let variantValues be json["variants"] with default null.
  const variantValues = withDefault(json, "variants", null);

  // 10. If variantValues is not a list, is empty, or its size is greater than 64, then return failure.
  if (!isAList(variantValues) || variantValues.length === 0 || variantValues.length > 64) {
    return failureIn("variants", new Failure("it is not a list of 1 to 64 variants"));
  }

  // 11. Let variants be « ».
  const variants: Variant[] = [];

  // 12. For each value of variantValues:
  for (const [index, value] of variantValues.entries()) {
    // 12.1. Let variant be the result of processing a variant given value, inputs, outputs, and baseURL.
    const variant = processAVariant(value, inputs, outputs, baseURL);

    // 12.2. If variant is failure, then return failure.
    if (isFailure(variant)) return failureIn(`variants[${index}]`, variant);

    // 12.3. If variant is null, then continue.
    if (variant === null) continue;

    // 12.4. If variants contains a variant whose name is variant's name, then return failure.
    if (variants.some((each) => each.name === variant.name)) {
      return failureIn(`variants[${index}]`, new Failure("an earlier variant has the same name"));
    }

    // 12.5. Append variant to variants.
    variants.push(variant);
  }

  // 13. Let assets be the result of processing assets given json["assets"] with default an empty ordered map,
  //     and baseURL.
  const assets = processAssets(withDefault(json, "assets", {}), baseURL);

  // 14. If assets is failure, then return failure.
  if (isFailure(assets)) return failureIn("assets", assets);

  // 15. Return a model manifest whose name is name, version is version, license is license, inputs is inputs,
  //     outputs is outputs, variants is variants, and assets is assets.
  return { name, version, license, inputs, outputs, variants, assets };
}
