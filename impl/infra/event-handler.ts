import type { EventHandler } from "../../idl/contracts.ts";
import { platformObjectOf } from "./platform-object.ts";

/** https://html.spec.whatwg.org/#event-handlers */
export interface EventHandlerSlot {
  /** https://html.spec.whatwg.org/#event-handler-value */
  value: EventHandler;
}

/**
 * https://html.spec.whatwg.org/#event-handler-idl-attributes
 *
 * The event handler of `target` (an implementation whose interface inherits from EventTarget) for events named `type`.
 * A handler takes its place among the listeners when it is first set, and keeps it until it is set to null.
 */
export function anEventHandler(target: object, type: string): EventHandlerSlot {
  let value: EventHandler = null;

  /** https://html.spec.whatwg.org/#the-event-handler-processing-algorithm */
  function listener(event: Event): void {
    if (value === null) return;
    if (Reflect.apply(value, platformObjectOf(target), [event]) === false) event.preventDefault();
  }

  return {
    get value() {
      return value;
    },
    set value(next) {
      const eventTarget = platformObjectOf(target) as EventTarget;
      if (value === null && next !== null) eventTarget.addEventListener(type, listener);
      if (value !== null && next === null) eventTarget.removeEventListener(type, listener);
      value = next;
    },
  };
}
