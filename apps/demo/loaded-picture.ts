/** A picture in hand: its pixels, and what to call it. */
export interface LoadedPicture {
  readonly name: string;
  readonly pixels: ImageData;
}

/** More pixels than this, along the longer side, make no text easier to read. */
const longestSide = 1920;

/**
 * Decodes a picture, made smaller if it is large.
 *
 * @throws PictureError where this browser cannot open it
 */
export async function loadPicture(file: Blob, name: string): Promise<LoadedPicture> {
  const bitmap = await createImageBitmap(file).catch((cause: unknown) => {
    throw new PictureError(`“${name}” is no picture that this browser can open.`, { cause });
  });
  const scale = Math.min(1, longestSide / Math.max(bitmap.width, bitmap.height));
  const width = Math.max(1, Math.round(bitmap.width * scale));
  const height = Math.max(1, Math.round(bitmap.height * scale));
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  if (context === null) throw new PictureError("This browser gave no room to draw the picture in.");
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, width, height);
  bitmap.close();
  return { name, pixels: context.getImageData(0, 0, width, height) };
}

export class PictureError extends Error {
  override name = "PictureError";
}

/** Calls `use` with each picture that the user chooses, pastes or drops. */
export function watchForPictures(
  { input, stage }: { input: HTMLInputElement; stage: HTMLElement },
  use: (file: File) => void,
): void {
  input.addEventListener("change", () => {
    const file = input.files?.[0];
    if (file !== undefined) use(file);
    // So that the same file can be chosen again.
    input.value = "";
  });

  document.addEventListener("paste", (event) => {
    const file = pictureIn(event.clipboardData);
    if (file === undefined) return;
    event.preventDefault();
    use(file);
  });

  // A picture that misses the stage must not replace the page.
  for (const type of ["dragover", "drop"] as const) {
    document.addEventListener(type, (event) => event.preventDefault());
  }
  stage.addEventListener("dragover", () => stage.toggleAttribute("data-dropping", true));
  stage.addEventListener("dragleave", () => stage.toggleAttribute("data-dropping", false));
  stage.addEventListener("drop", (event) => {
    stage.toggleAttribute("data-dropping", false);
    const file = pictureIn(event.dataTransfer);
    if (file !== undefined) use(file);
  });
}

/** The first picture; if there is none, the first file, so that someone says what is wrong with it. */
function pictureIn(data: DataTransfer | null): File | undefined {
  const files = [...(data?.files ?? [])];
  return files.find(({ type }) => type.startsWith("image/")) ?? files[0];
}
