import type { Format } from './order-rows.js';

const NEWLINE = 0x0a;
const QUOTE = 0x22;

/** Counts the rows of a stream. The header of CSV and line ends within its quotes do not count. */
export class RowCounter {
  private lines: number;
  private quoted = false;

  constructor(private readonly format: Format) {
    this.lines = format === 'csv' ? -1 : 0;
  }

  get rows(): number {
    return Math.max(0, this.lines);
  }

  add(chunk: Buffer): void {
    const quotes = this.format === 'csv';
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i];
      if (byte === NEWLINE && !this.quoted) this.lines++;
      else if (byte === QUOTE && quotes) this.quoted = !this.quoted;
    }
  }
}
