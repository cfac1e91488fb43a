/**
 * A line that does nothing to the terminal but stand on it. Names in models and words of servers come from anywhere, and
 * may hold what moves the cursor, sets the title, turns the reading direction or begins a line of its own; here that
 * shows as it would be written in JSON, so that a line of JSON means the same as before.
 */
export function printable(line: string): string {
  return line.replaceAll(
    /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
