export interface ProgressEventAttributes {
  bubbles?: boolean;
  cancelable?: boolean;
  composed?: boolean;
  lengthComputable?: boolean;
  loaded?: number;
  total?: number;
}

/** https://xhr.spec.whatwg.org/#interface-progressevent : Node has none. */
export class ProgressEvent extends Event {
  readonly lengthComputable: boolean;
  readonly loaded: number;
  readonly total: number;

  constructor(type: string, attributes: ProgressEventAttributes = {}) {
    super(type, attributes);
    this.lengthComputable = attributes.lengthComputable ?? false;
    this.loaded = attributes.loaded ?? 0;
    this.total = attributes.total ?? 0;
  }
}
