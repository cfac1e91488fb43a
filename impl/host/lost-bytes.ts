/** What is thrown where bytes went with the worker that had them. Whoever asks again has another worker. */
export function bytesAreLost(): DOMException {
  return new DOMException("The worker that had these bytes has ended.", "OperationError");
}

export function areBytesLost(error: unknown): boolean {
  return (error as { name?: unknown }).name === "OperationError";
}

/** For a promise's `catch()`: what stands for any other failure. */
export function unlessBytesAreLost<T>(value: T): (error: unknown) => T {
  return (error) => {
    if (areBytesLost(error)) throw error;
    return value;
  };
}
