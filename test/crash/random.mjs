/**
 * Returns random numbers that a seed determines (mulberry32), so that a run can be repeated. `next()` returns a number
 * from 0 to less than 1.
 */
export function randomOf(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    next,
    /** Returns a whole number from `min` to `max`. */
    between: (min, max) => min + Math.floor(next() * (max - min + 1)),
    /** Returns one of the names, with the probability of its weight. */
    among(weights) {
      let at = next() * Object.values(weights).reduce((sum, weight) => sum + weight, 0);
      return Object.keys(weights).find((name) => (at -= weights[name]) < 0) ?? Object.keys(weights).at(-1);
    },
  };
}
