globalThis.twice = (number) => 2 * number;
