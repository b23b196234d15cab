import { Injectable } from '@nestjs/common';
import { DataSource, type MigrationInterface } from 'typeorm';
import { execute } from '../kernel/database/statement.js';

const ANSWER_WITHIN_MS = 500;
/** Whoever asks more often than this gets the same answer. */
const FRESH_MS = 1000;

const HAS_SCHEMA = 'select exists (select 1 from migrations where name = $1)';

/** Whether requests can be served. */
@Injectable()
export class Readiness {
  private isStopping = false;
  private asked = { at: -Infinity, obstacle: Promise.resolve<string | undefined>(undefined) };

  constructor(private readonly source: DataSource) {}

  /** From now on they should go elsewhere. */
  stop(): void {
    this.isStopping = true;
  }

  /** Why not, in a few words; undefined when they can. */
  async obstacle(): Promise<string | undefined> {
    if (this.isStopping) return 'the server is stopping';
    const now = performance.now();
    if (now - this.asked.at > FRESH_MS) this.asked = { at: now, obstacle: this.ask() };
    return this.asked.obstacle;
  }

  private async ask(): Promise<string | undefined> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<string>((resolve) => {
      timer = setTimeout(resolve, ANSWER_WITHIN_MS, 'the database does not answer');
    });
    const answer = this.askDatabase().catch(() => 'the database does not answer');
    return Promise.race([answer, late]).finally(() => clearTimeout(timer));
  }

  /** A newer schema will do: while a new version is rolled out, it has come before the old one is gone. */
  private async askDatabase(): Promise<string | undefined> {
    const newest = newestOf(this.source.migrations);
    const { rows } = await execute(this.source.manager, HAS_SCHEMA, [newest]);
    return rows[0]![0] === true ? undefined : `the database lacks the migration ${newest}`;
  }
}

/** Names end in the time of their making. */
function newestOf(migrations: readonly MigrationInterface[]): string {
  const names = migrations.map(({ name, constructor }) => name ?? constructor.name);
  return names.toSorted((a, b) => a.slice(-13).localeCompare(b.slice(-13))).at(-1)!;
}
