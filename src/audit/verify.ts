import { createHash } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { execute } from '../kernel/database/statement.js';

/** The result of verifying the chain. */
export interface Verdict {
  /** The number of valid links before the first invalid one. */
  readonly links: number;
  /**
   * The hash of the last valid link of each strand. Keep them where users with write access to this database cannot
   * change them.
   */
  readonly heads: readonly string[];
  /** The first error that was found. */
  readonly broken?: string;
  /** Anchors that match no link. */
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
 * Verifies the chain from its beginning, in batches, and looks for events that are not in it. The hashes are computed
 * here, since functions in the database could have been changed. `anchors` are heads from earlier runs. Without them,
 * it cannot be detected that the end was cut off or that all links from some point on were rewritten.
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
  return verdict(unlinked && `event ${unlinked[0]} was inserted without a link in the chain`);
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

/** Returns the error of a link, or undefined. `before` is the number of valid links before it in its strand. */
function faultOf([strand, seq, event_id, hash, ...event]: Link, before: number, head: string): string | undefined {
  const link = `link ${strand}.${seq}`;
  if (seq !== String(before + 1)) return `link ${strand}.${before + 1} is missing: the next one is ${link}`;
  if (event[0] === null) return `event ${event_id} is missing, but ${link} refers to it`;
  if (hashOf(head, event) === hash) return undefined;
  return `${link} has a wrong hash: event ${event_id} or an earlier one was changed`;
}

/**
 * Returns the hash of a link, from the previous hash and the fields of the event. The migration computes it in the same
 * way.
 */
function hashOf(previous: string, event: readonly (string | null)[]): string {
  const fields = event.map((field) => (field === null ? '-' : `${Buffer.byteLength(field)}:${field}`));
  return createHash('sha256').update(Buffer.from(previous, 'hex')).update(fields.join(',')).digest('hex');
}
