// Whole numbers of minor units: rounding, and parts that add up.

/** n / d to the nearest whole number, halves away from zero. */
export function rounded(n, d) {
  const [a, b] = [BigInt(n), BigInt(d)];
  const size = (2n * (a < 0n ? -a : a) + b) / (2n * b);
  return Number(a < 0n ? -size : size);
}

/** The whole numbers next to n / d: one if it is one itself. */
export function neighbours(n, d) {
  const [a, b] = [BigInt(n), BigInt(d)];
  const low = a >= 0n ? a / b : -((-a + b - 1n) / b);
  return { floor: Number(low), ceiling: Number(low * b === a ? low : low + 1n) };
}

/**
 * The amount in parts as the weights are, by largest remainder: each gets its
 * whole units, and what is left goes a unit each to those that lost most; of
 * equals, to the earlier.
 */
export function spread(amount, weights) {
  const sum = weights.reduce((total, w) => total + BigInt(w), 0n);
  if (sum === 0n) return weights.map(() => 0);
  const exact = weights.map((w) => BigInt(amount) * BigInt(w));
  const parts = exact.map((x) => Number(x / sum));
  const left = amount - parts.reduce((total, x) => total + x, 0);
  const lost = exact.map((x, i) => ({ i, remainder: x % sum })).sort((x, y) => (x.remainder === y.remainder ? x.i - y.i : x.remainder < y.remainder ? 1 : -1));
  for (const { i } of lost.slice(0, left)) parts[i] += 1;
  return parts;
}

/** The amount in n parts that differ by a unit at most, the greater first. */
export const equally = (amount, n) => spread(amount, Array(n).fill(1));

/** The nearest amount that coins can make, ties up. */
export const toCoin = (amount, coin) => Math.floor((2 * amount + coin) / (2 * coin)) * coin;

export const sum = (list, of = (x) => x) => list.reduce((total, x) => total + of(x), 0);
