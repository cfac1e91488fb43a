/** A request that the Open Inference Protocol does not allow, or a model that cannot serve it: told as JSON. */
export class ProtocolError extends Error {
  readonly status: 400 | 404 | 413 | 415 | 429 | 500 | 503;
  constructor(status: ProtocolError["status"], message: string) {
    super(message);
    this.name = "ProtocolError";
    this.status = status;
  }
}
