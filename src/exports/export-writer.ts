import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { EntityManager } from 'typeorm';
import type { JobAttempt } from '../jobs/job-attempt.js';
import { Jobs } from '../jobs/jobs.service.js';
import { AttemptLostError } from '../jobs/attempt.errors.js';
import { Config } from '../config/config.js';
import { execute } from '../kernel/database/statement.js';
import { CHUNK_BYTES } from './export-chunk.entity.js';
import { ExportConnections, type Copy } from './export-connections.js';
import type { ExportFormat } from './export-file.entity.js';
import { piecesOf } from './pieces.js';
import { RowCounter } from './row-counter.js';
import { WriteExport } from './write-export.js';

/** Deletes the chunks of an earlier attempt. */
const CLEAR = 'delete from export_chunks where export_id = $1';
const BEGIN = `
  update exports set status = 'running', rows_done = 0, rows_total = null where id = $1 and status <> 'ready'
  returning id, user_id, all_orders, format, gzip, bom`;
const TOTAL = 'update exports set rows_total = $2 where id = $1';
const ADVANCE = 'update exports set rows_done = $2 where id = $1 returning 1';
const ADD = 'insert into export_chunks (export_id, position, bytes) values ($1, $2, $3)';
const END = `
  update exports set status = 'ready', rows_done = rows_total, size_bytes = $2, sha256 = $3, finished_at = now()
  where id = $1`;
const FAIL = 'update exports set status = $2 where id = $1';
/** Deletes few exports at a time, since each may have hundreds of chunks. */
const EXPIRE = `
  delete from exports where id in (select id from exports where expires_at < now() order by expires_at limit $1) returning 1`;
const EXPIRE_AT_ONCE = 5;

interface Begun {
  readonly id: number;
  readonly owner: number | null;
  readonly format: ExportFormat;
  readonly gzip: boolean;
  readonly bom: boolean;
}

interface Written {
  readonly size: number;
  readonly sha256: string;
}

/** Thrown if the export was deleted while it was being written. */
class Deleted extends Error {}

/**
 * Writes export files chunk by chunk, from one snapshot and with constant memory. Each chunk is committed together with
 * the progress, and only while this attempt has the job, so that two attempts never mix.
 */
@Injectable()
export class ExportWriter implements OnModuleInit {
  constructor(
    private readonly jobs: Jobs,
    private readonly connections: ExportConnections,
    @Inject(Config) private readonly config: Config,
  ) {}

  onModuleInit(): void {
    const runsHere = this.config.values.EXPORTS_IN_PROCESS;
    this.jobs.handle(WriteExport, ({ export_id }, job) => this.attempt(export_id, job), { runsHere });
    this.jobs.every('41 3 * * *', 'exports-clean-up', expire);
  }

  private async attempt(id: number, job: JobAttempt): Promise<void> {
    const begun = await job.step((tx) => begin(tx, id));
    if (!begun) return;
    try {
      await this.write(begun, job);
    } catch (error) {
      if (error instanceof Deleted) return;
      const status = job.isLast ? 'failed' : 'queued';
      if (!(error instanceof AttemptLostError)) await job.step((tx) => execute(tx, FAIL, [id, status]));
      throw error;
    }
  }

  private async write(begun: Begun, job: JobAttempt): Promise<void> {
    const { size, sha256 } = await this.copied(begun, job);
    await job.finish((tx) => execute(tx, END, [begun.id, size, sha256]));
  }

  private async copied(begun: Begun, job: JobAttempt): Promise<Written> {
    const copy = await this.connections.copy(begun.owner, begun.format, { counted: true, bom: begun.bom });
    try {
      await job.step((tx) => execute(tx, TOTAL, [begun.id, copy.total]));
      const written = await this.store(begun, copy, job);
      await copy.end();
      return written;
    } catch (error) {
      copy.release(error as Error);
      throw error;
    }
  }

  private async store({ id, format, gzip }: Begun, { rows }: Copy, job: JobAttempt): Promise<Written> {
    const counter = new RowCounter(format);
    const hash = createHash('sha256');
    let [size, position] = [0, 0];
    const count = async function* (source: AsyncIterable<Buffer>) {
      for await (const chunk of source) {
        counter.add(chunk);
        yield chunk;
      }
    };
    const keep = async (source: AsyncIterable<Buffer>) => {
      for await (const bytes of piecesOf(source, CHUNK_BYTES)) {
        await job.step((tx) => add(tx, [id, position, bytes], counter.rows));
        hash.update(bytes);
        size += bytes.length;
        position++;
      }
    };
    if (gzip) await pipeline(rows, count, createGzip(), keep, { signal: job.signal });
    else await pipeline(rows, count, keep, { signal: job.signal });
    return { size, sha256: hash.digest('hex') };
  }
}

async function begin(tx: EntityManager, id: number): Promise<Begun | undefined> {
  const { rows } = await execute(tx, BEGIN, [id]);
  if (rows.length === 0) return undefined; // deleted, or already written by an earlier attempt
  await execute(tx, CLEAR, [id]);
  const [[, user_id, all_orders, format, gzip, bom]] = rows as [
    [number, number, boolean, ExportFormat, boolean, boolean],
  ];
  return { id, owner: all_orders ? null : user_id, format, gzip, bom };
}

async function add(tx: EntityManager, chunk: [id: number, position: number, bytes: Buffer], done: number) {
  const { rows } = await execute(tx, ADVANCE, [chunk[0], done]);
  if (rows.length === 0) throw new Deleted();
  await execute(tx, ADD, chunk);
}

async function expire(job: JobAttempt): Promise<void> {
  let gone: number;
  do {
    const { rows } = await job.step((tx) => execute(tx, EXPIRE, [EXPIRE_AT_ONCE]));
    gone = rows.length;
  } while (gone === EXPIRE_AT_ONCE);
}
