import type { Response } from 'supertest';
import type { Actor } from './world.js';

/** The targets of a `Link` header (RFC 8288) by their relation. */
export function linksOf({ headers }: Response): Partial<Record<'first' | 'prev' | 'next', string>> {
  const link = String(headers['link']);
  return Object.fromEntries([...link.matchAll(/<([^>]*)>; rel="(\w+)"/g)].map(([, url, rel]) => [rel, url]));
}

/** Reads a list to its end by its `next` links; `between` is given each page before the next is asked for. */
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
