// Measures the time that observing adds to a transaction. Requests that wait for its locks wait longer by this time, which
// the migration does not cause.

export class Overhead {
  #ms = 0;
  #since; // when the running work began, otherwise undefined

  /** The milliseconds so far, also those of the running work. */
  get ms() {
    return this.#ms + (this.#since === undefined ? 0 : performance.now() - this.#since);
  }

  /** Runs `work` and adds its time. */
  async during(work) {
    this.#since = performance.now();
    try {
      return await work();
    } finally {
      this.#ms = this.ms;
      this.#since = undefined;
    }
  }
}
