/** https://infra.spec.whatwg.org/#assert : only for the specification's "Assert:". Bundles for production drop the calls. */
export function assert(condition: boolean, statement?: string): asserts condition {
  if (!condition) throw new Error(`Assertion failed: ${statement ?? "see the step above"}`);
}
