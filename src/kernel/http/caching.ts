import type { Contract } from './contract.js';

/** Browsers may keep it, for this caller, and ask each time whether it is still good: a 304 is all that comes then. */
export const REVALIDATED = 'private, no-cache';

/**
 * What the kinds of responses say to caches in the place of the standard headers, which are for what is kept nowhere and has one
 * form. `own`: a row that not everybody may see; `public`: one that everybody may; `coded`: what may be compressed.
 */
export const CACHE_HEADERS = {
  own: [
    ['Cache-Control', REVALIDATED],
    ['Vary', 'Origin, Authorization, Accept-Encoding'],
  ],
  public: [
    ['Cache-Control', REVALIDATED],
    ['Vary', 'Origin, Accept-Encoding'],
  ],
  coded: [['Vary', 'Origin, Accept-Encoding']],
} as const;

export type CachePolicy = keyof typeof CACHE_HEADERS;

/** Of a response with an entity tag; also of a 304 in its place. Undefined: it is kept nowhere. */
export function cachePolicy({ access, safe, returns }: Contract): CachePolicy | undefined {
  if (!safe || returns.secret) return undefined;
  return access.public && !access.optional ? 'public' : 'own';
}

declare module '../context/request-context.js' {
  interface RequestContext {
    /** Of the response that is being written. */
    cachePolicy?: CachePolicy | undefined;
  }
}
