import type { Response } from 'supertest';
import type { Actor } from './world.js';

/** Returns the targets of a `Link` header (RFC 8288) by relation. */
export function linksOf({ headers }: Response): Partial<Record<'first' | 'prev' | 'next', string>> {
  const link = String(headers['link']);
  return Object.fromEntries([...link.matchAll(/<([^>]*)>; rel="(\w+)"/g)].map(([, url, rel]) => [rel, url]));
}

/**
 * Returns all pages of a list by following its `next` links. Calls `between` with each page before the next request.
 */
export async function pagesOf(
  actor: Actor,
  first: string,
  between = async (_page: Response) => {},
): Promise<Response[]> {
  const pages = [await actor.get(first)];
  for (;;) {
    const { next } = linksOf(pages.at(-1)!);
    if (next === undefined) return pages;
    await between(pages.at(-1)!);
    pages.push(await actor.get(next));
  }
}
