export function notAlive(): DOMException {
  return new DOMException("The document is not fully active.", "InvalidStateError");
}
