import { createHash } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { execute } from '../kernel/database/statement.js';

/** What a walk along the chain has found. */
export interface Verdict {
  /** Links that fit, up to the first that does not. */
  readonly links: number;
  /** The hash of the last of them in each strand, to be kept where nobody who can write to this database can. */
  readonly heads: readonly string[];
  /** What is wrong at the first place where something is. */
  readonly broken?: string;
  /** Anchors that no link has. */
  readonly lost: readonly string[];
}

type Link = [strand: number, seq: string, event_id: string, hash: string, ...event: (string | null)[]];

const BATCH = 1000;
const GENESIS = '00'.repeat(32);

const LINKS = `
  select c.strand, c.seq::text, c.event_id::text, encode(c.hash, 'hex'),
    e.id::text, (extract(epoch from e.at) * 1000)::bigint::text, e.actor_id::text, e.action, e.subject, e.request_id,
    e.address, e.details::text
  from audit_chain c left join audit_events e on e.id = c.event_id
  where (c.strand, c.seq) > ($1, $2) order by c.strand, c.seq limit ${BATCH}`;

const UNLINKED = `
  select e.id::text from audit_events e
  where not exists (select from audit_chain c where c.event_id = e.id) order by e.id limit 1`;

/**
 * Walks the chain from its beginning, a batch at a time, and looks for events that are not in it. The hashes are computed
 * here, not by the functions of a database that somebody may have changed. The `anchors` are heads of former times:
 * without them nobody can tell that an end was cut off, or that all was written anew from some link on.
 */
export async function verifyTrail(db: EntityManager, anchors: readonly string[] = []): Promise<Verdict> {
  const lost = new Set(anchors);
  const strands = new Map<number, { links: number; head: string }>();
  const verdict = (broken?: string): Verdict => ({
    links: [...strands.values()].reduce((sum, { links }) => sum + links, 0),
    heads: [...strands.values()].map(({ head }) => head),
    broken,
    lost: [...lost],
  });
  for await (const link of linksOf(db)) {
    const { links, head } = strands.get(link[0]) ?? { links: 0, head: GENESIS };
    const fault = faultOf(link, links, head);
    if (fault !== undefined) return verdict(fault);
    strands.set(link[0], { links: links + 1, head: link[3] });
    lost.delete(link[3]);
  }
  const [unlinked] = (await execute(db, UNLINKED, [])).rows as [string][];
  return verdict(unlinked && `event ${unlinked[0]} was put in past the chain`);
}

async function* linksOf(db: EntityManager): AsyncGenerator<Link> {
  let last: [strand: number, seq: string] = [-1, '0'];
  for (;;) {
    const rows = (await execute(db, LINKS, last)).rows as Link[];
    yield* rows;
    if (rows.length < BATCH) return;
    last = [rows.at(-1)![0], rows.at(-1)![1]];
  }
}

/** What is wrong with a link behind so many good ones of its strand, if anything is. */
function faultOf([strand, seq, event_id, hash, ...event]: Link, before: number, head: string): string | undefined {
  const link = `link ${strand}.${seq}`;
  if (seq !== String(before + 1)) return `link ${strand}.${before + 1} is missing: ${link} is next`;
  if (event[0] === null) return `event ${event_id} is missing: ${link} tells of it`;
  if (hashOf(head, event) === hash) return undefined;
  return `${link} does not fit: event ${event_id}, or what was before it, is not what was written`;
}

/** The hash of a link: the one before it and the event's fields, as the migration has it. */
function hashOf(previous: string, event: readonly (string | null)[]): string {
  const fields = event.map((field) => (field === null ? '-' : `${Buffer.byteLength(field)}:${field}`));
  return createHash('sha256').update(Buffer.from(previous, 'hex')).update(fields.join(',')).digest('hex');
}
