import { Injectable } from '@nestjs/common';
import { DataSource, type MigrationInterface } from 'typeorm';
import { execute } from '../kernel/database/statement.js';

const ANSWER_WITHIN_MS = 500;
/** More frequent checks within this time get the same result. */
const FRESH_MS = 1000;

const HAS_SCHEMA = 'select exists (select 1 from migrations where name = $1)';

/** Checks whether the server is ready for requests. */
@Injectable()
export class Readiness {
  private isStopping = false;
  private lastCheck = { at: -Infinity, obstacle: Promise.resolve<string | undefined>(undefined) };

  constructor(private readonly source: DataSource) {}

  /** Reports `not ready` from now on, so that load balancers send requests elsewhere. */
  stop(): void {
    this.isStopping = true;
  }

  /** Returns why the server is not ready, in a few words; undefined if it is ready. */
  async obstacle(): Promise<string | undefined> {
    if (this.isStopping) return 'the server is stopping';
    const now = performance.now();
    if (now - this.lastCheck.at > FRESH_MS) this.lastCheck = { at: now, obstacle: this.ask() };
    return this.lastCheck.obstacle;
  }

  private async ask(): Promise<string | undefined> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<string>((resolve) => {
      timer = setTimeout(resolve, ANSWER_WITHIN_MS, 'the database does not answer');
    });
    const answer = this.askDatabase().catch(() => 'the database does not answer');
    return Promise.race([answer, late]).finally(() => clearTimeout(timer));
  }

  /**
   * Checks the schema. A newer one is accepted: during a rollout, the new release migrates it while old processes still
   * run.
   */
  private async askDatabase(): Promise<string | undefined> {
    const newest = newestOf(this.source.migrations);
    const { rows } = await execute(this.source.manager, HAS_SCHEMA, [newest]);
    return rows[0]![0] === true ? undefined : `the migration ${newest} is not applied`;
  }
}

/** Returns the name of the newest migration. Names end with the time of creation (13 digits). */
function newestOf(migrations: readonly MigrationInterface[]): string {
  const names = migrations.map(({ name, constructor }) => name ?? constructor.name);
  return names.toSorted((a, b) => a.slice(-13).localeCompare(b.slice(-13))).at(-1)!;
}
