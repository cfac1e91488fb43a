/** Thrown for an ONNX model that is valid but that this program cannot describe. Its message tells what to do. */
export class UnsupportedModelError extends Error {
  override name = "UnsupportedModelError";
}
