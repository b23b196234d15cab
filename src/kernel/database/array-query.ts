import pg from 'pg';
import type { FieldDef } from 'pg';

// A statement whose rows are arrays, also for connections in pipeline mode.

/** The result of a statement. Each row is an array of values in the order of `fields`. */
export interface ArrayResult {
  readonly fields: readonly FieldDef[];
  readonly rows: unknown[][];
}

type Parse = (text: string) => unknown;
/** pg's client, which has the parsers of the pool's `types`. */
interface TypeParsers {
  getTypeParser(id: number, format?: 'text' | 'binary'): Parse;
}

type Callback = (error: Error | null | undefined, result?: ArrayResult) => void;

/**
 * A single statement whose rows are arrays. Unlike pg's own query, it creates no object with the names of the columns for
 * each result.
 */
export class ArrayQuery extends pg.Query {
  /** pg's own field. Its time limit and instrumentations replace it. */
  declare callback: Callback;
  private fields: readonly FieldDef[] = [];
  private parsers: Parse[] = [];
  private readonly results: unknown[][] = [];
  private error: Error | undefined;

  constructor(
    private readonly client: TypeParsers,
    statement: pg.QueryConfig,
    values: unknown[],
    callback: Callback,
  ) {
    super(statement, values, callback as never);
  }

  handleRowDescription({ fields }: { readonly fields: readonly FieldDef[] }): void {
    this.fields = fields;
    this.parsers = fields.map(({ dataTypeID }) => this.client.getTypeParser(dataTypeID));
  }

  handleDataRow({ fields }: { readonly fields: readonly (string | null)[] }): void {
    const row: unknown[] = [];
    try {
      for (let i = 0; i < fields.length; i++) {
        const text = fields[i]!;
        row.push(text === null ? null : this.parsers[i]!(text));
      }
      this.results.push(row);
    } catch (error) {
      this.error ??= error as Error;
    }
  }

  handleCommandComplete(): void {}

  handleReadyForQuery(): void {
    try {
      this.callback(this.error, { fields: this.fields, rows: this.results });
    } catch (error) {
      process.nextTick(rethrow, error); // otherwise pg would not read the responses that follow
    }
  }
}

function rethrow(error: unknown): never {
  throw error;
}
