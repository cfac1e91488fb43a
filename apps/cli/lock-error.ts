/** Thrown for what the user can mend: its message tells what is wrong and what to do. */
export class LockError extends Error {
  override name = "LockError";
}

/** Thrown where a URL sends more bytes than there should be. */
export class TooLargeError extends LockError {
  override name = "TooLargeError";
}
