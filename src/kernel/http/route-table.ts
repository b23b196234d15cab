import { match, type MatchFunction } from 'path-to-regexp';

interface Known {
  readonly matches: MatchFunction<object>;
  readonly methods: Set<string>;
}

/** Every path that is served and its methods: tells 405 from 404. */
export class RouteTable {
  private readonly paths = new Map<string, Known>();

  /** Adds a method of a path, both as Express takes them. Returns the path. */
  add(method: string, path: string): string {
    const known = this.paths.get(path) ?? { matches: match(path, { sensitive: true }), methods: new Set<string>() };
    known.methods.add(method.toUpperCase());
    if (method === 'get') known.methods.add('HEAD');
    this.paths.set(path, known);
    return path;
  }

  /** All methods of the first route that a request's path matches, sorted; none for an unknown path. */
  methodsOf(path: string): string[] {
    for (const { matches, methods } of this.paths.values()) if (isMatch(matches, path)) return [...methods].sort();
    return [];
  }
}

function isMatch(matches: MatchFunction<object>, path: string): boolean {
  try {
    return matches(path) !== false;
  } catch {
    return false; // a percent escape that cannot be decoded
  }
}
