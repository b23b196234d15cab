import type { Contract } from './contract.js';

// Cache headers of responses.

/**
 * Browsers may cache the response for this caller, but must revalidate it on each use, with a 304 if it is unchanged.
 */
export const REVALIDATED = 'private, no-cache';

/**
 * Headers that replace the standard `Cache-Control: no-store` and `Vary`. `private`: a versioned row whose visibility
 * depends on the caller; `public`: a versioned row that is visible to everyone; `compressible`: an uncached response
 * that may be compressed.
 */
export const CACHE_HEADERS = {
  private: [
    ['Cache-Control', REVALIDATED],
    ['Vary', 'Origin, Authorization, Accept-Encoding'],
  ],
  public: [
    ['Cache-Control', REVALIDATED],
    ['Vary', 'Origin, Accept-Encoding'],
  ],
  compressible: [['Vary', 'Origin, Accept-Encoding']],
} as const;

export type CachePolicy = keyof typeof CACHE_HEADERS;

/** Returns the policy of a response with an entity tag, or of its 304; undefined if it must not be cached. */
export function cachePolicy({ access, isGet, returns }: Contract): CachePolicy | undefined {
  if (!isGet || returns.secret) return undefined;
  return access.public && !access.optional ? 'public' : 'private';
}

declare module '../context/request-context.js' {
  interface RequestContext {
    /** The policy of the response that is being written. */
    cachePolicy?: CachePolicy | undefined;
  }
}
