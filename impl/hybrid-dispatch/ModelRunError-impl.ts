import type { GlobalObject, ModelReceipt, ModelRunError } from "../../idl/contracts.ts";

/** https://hybrid-ai-web.github.io/hybrid-ai/#modelrunerror */
export class ModelRunErrorImplementation implements ModelRunError {
  readonly name: string;
  readonly message: string;
  readonly #receipt: ModelReceipt;

  /** https://hybrid-ai-web.github.io/hybrid-ai/#dom-modelrunerror-modelrunerror */
  constructor(_globalObject: GlobalObject, [message, receipt]: [message: string, receipt: ModelReceipt]) {
    // 1. Set this's name to "ModelRunError".
    this.name = "ModelRunError";

    // 2. Set this's message to message.
    this.message = message;

    // 3. Set this's receipt to receipt.
    this.#receipt = receipt;
  }

  /** https://hybrid-ai-web.github.io/hybrid-ai/#dom-modelrunerror-receipt */
  receipt(): ModelReceipt {
    // 1. Return this's receipt.
    return this.#receipt;
  }
}

export { ModelRunErrorImplementation as implementation };
