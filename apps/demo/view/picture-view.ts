import type { ModelPlacement } from "hybrid-ai";
import type { LoadedPicture } from "../loaded-picture.ts";
import type { ReadPicture } from "../ocr/read-picture.ts";
import { cornersOf } from "../ocr/rectangle.ts";
import type { Rectangle } from "../ocr/rectangle.ts";
import { element, make } from "./element.ts";

const stage = element("stage", HTMLElement);
const frame = element("frame", HTMLElement);
const canvas = element("canvas", HTMLCanvasElement);
const boxes = element("boxes", SVGSVGElement);
const lines = element("lines", HTMLOListElement);
const nothing = element("no-result", HTMLElement);
const copy = element("copy", HTMLButtonElement);

/** Shows a picture that nothing has been read of yet. */
export function showPicture({ name, pixels }: LoadedPicture): void {
  const { width, height } = pixels;
  frame.style.setProperty("--width", String(width));
  frame.style.setProperty("--height", String(height));
  Object.assign(canvas, { width, height });
  canvas.getContext("2d")?.putImageData(pixels, 0, 0);
  canvas.setAttribute("aria-label", `The picture: ${name}`);
  boxes.setAttribute("viewBox", `0 0 ${width} ${height}`);
  showResult(null, "none");
}

export function showThatItIsRead(reading: boolean): void {
  stage.toggleAttribute("data-reading", reading);
}

/** Shows what was read, as text and as boxes over the picture in the colour of the place. */
export function showResult(result: ReadPicture | null, placement: ModelPlacement): void {
  boxes.replaceChildren();
  lines.replaceChildren();
  for (const [index, line] of (result?.lines ?? []).entries()) {
    const item = make("li", {}, line.map(({ text }) => text).join(" "));
    const shapes = line.flatMap(({ box }) => [shapeOf(box, "halo", index), shapeOf(box, placement, index)]);
    boxes.append(...shapes);
    lines.append(item);

    const mark = (marked: boolean) => {
      for (const each of [item, ...shapes]) each.classList.toggle("marked", marked);
    };
    item.addEventListener("pointerenter", () => mark(true));
    item.addEventListener("pointerleave", () => mark(false));
  }

  const isEmpty = lines.childElementCount === 0;
  nothing.hidden = !isEmpty;
  nothing.textContent =
    result === null
      ? "Nothing has been read yet."
      : "No text was found. A larger or sharper picture may help.";
  copy.hidden = isEmpty;
}

function shapeOf(box: Rectangle, kind: string, index: number): SVGPolygonElement {
  const shape = document.createElementNS("http://www.w3.org/2000/svg", "polygon");
  const corners = cornersOf(box).map(({ x, y }) => `${x},${y}`);
  shape.setAttribute("points", corners.join(" "));
  shape.setAttribute("class", kind);
  shape.style.setProperty("--index", String(index));
  return shape;
}

copy.addEventListener("click", () => {
  const text = [...lines.children].map((line) => line.textContent).join("\n");
  void navigator.clipboard.writeText(text).then(() => {
    copy.textContent = "Copied";
    setTimeout(() => (copy.textContent = "Copy"), 2000);
  });
});
