import { describe, it } from "mocha";
import assert from "node:assert/strict";
import { PictureError } from "./loaded-picture.ts";
import { adviceOn } from "./trouble.ts";

const receipt = {
  placement: "none",
  duration: 5,
  inputBytesSent: 0,
  attempts: [
    {
      placement: "remote",
      variant: "float32",
      succeeded: false,
      failure: "network",
      duration: 5,
      inputBytesSent: 0,
      origin: "http://localhost:8439",
    },
  ],
} as const;

class FailedRun extends DOMException {
  receipt(): typeof receipt {
    return receipt;
  }
}

describe("adviceOn", () => {
  const coming = { device: "downloading", downloaded: 0.43, server: "on" } as const;
  const absent = { device: "empty", downloaded: 0, server: "on" } as const;
  const kept = { device: "empty", downloaded: 0, server: "forbidden" } as const;

  it("says what was tried, and what to do while the model is on its way", () => {
    assert.equal(
      adviceOn(new FailedRun("", "OperationError"), coming),
      "The server localhost could not be reached. The model is coming to this device, 43\u00a0% of it is here: read again when it is ready.",
    );
  });

  it("says where to look when the server is the only hope", () => {
    assert.match(adviceOn(new FailedRun("", "OperationError"), absent), /Check that the server is running/);
  });

  it("says which switch stands in the way", () => {
    assert.match(
      adviceOn(new FailedRun("", "OperationError"), kept),
      /let go of “Keep my data on this device”/,
    );
  });

  it("of a picture that is none", () => {
    assert.equal(
      adviceOn(new PictureError("“a.txt” is no picture."), absent),
      "“a.txt” is no picture. Try a PNG or a JPEG.",
    );
  });

  it("of a model that cannot be fetched", () => {
    assert.match(adviceOn(new DOMException("", "NetworkError"), absent), /could not be fetched/);
  });

  it("names no server and no switch where there are none", () => {
    const alone = { ...absent, server: "absent" } as const;
    assert.match(adviceOn(new DOMException("", "NetworkError"), alone), /Check that you are online/);
    assert.match(adviceOn(new DOMException("", "NotSupportedError"), alone), /has no server/);
  });

  it("of a model that can run nowhere", () => {
    assert.match(adviceOn(new DOMException("", "NotSupportedError"), kept), /Switch the server on/);
  });
});
