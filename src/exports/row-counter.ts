import type { Format } from './order-rows.js';

const NEWLINE = 0x0a;
const QUOTE = 0x22;

/** Counts the rows that go by; a line end within CSV's quotes is part of a text. The header is no row. */
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
