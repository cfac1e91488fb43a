import type { GlobalObject } from "../../idl/contracts.ts";
import { platformObjectOf } from "./platform-object.ts";

type EventConstructor = new (type: string, attributes: object) => Event;

/**
 * https://dom.spec.whatwg.org/#concept-event-fire
 *
 * `target` is an implementation whose interface inherits from EventTarget. `using` names the event's interface,
 * which `globalObject` has; `attributes` are those that the event is initialized with.
 *
 * Returns false where a listener cancelled the event. An object that no page has yet has no listeners.
 */
export function fireAnEvent(
  globalObject: GlobalObject,
  type: string,
  target: object,
  using = "Event",
  attributes: object = {},
): boolean {
  const eventTarget = platformObjectOf(target) as EventTarget | null;
  if (eventTarget === null) return true;
  const constructor = (globalObject as unknown as Record<string, EventConstructor>)[using]!;
  return eventTarget.dispatchEvent(new constructor(type, attributes));
}
