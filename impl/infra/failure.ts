/**
 * "Failure", as the text's algorithms return it, with the sentence that a developer reads in the error made of it.
 * The sentence tells what is wrong and what to do; pages can see it, so it never holds anything but the page's own input.
 */
export class Failure {
  readonly message: string;
  constructor(message: string) {
    this.message = message;
  }
}

export function isFailure(value: unknown): value is Failure {
  return value instanceof Failure;
}

/** The failure of something inside, with the place where it is: `variants[0]: parts[1]: file: it is not an object`. */
export function failureIn(place: string, inner: Failure): Failure {
  const separator = inner.message.startsWith("[") ? "" : ": ";
  return new Failure(`${place}${separator}${inner.message}`);
}
