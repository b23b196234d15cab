import { match, type MatchFunction } from 'path-to-regexp';

type Params = Readonly<Record<string, string>>;

/** What answers a method of a path. Undefined: known here, but somebody else serves it. */
interface Known<R> {
  readonly path: string;
  readonly matches: MatchFunction<Record<string, string>>;
  readonly methods: Map<string, R | undefined>;
}

export interface Found<R> {
  readonly route: R;
  readonly params: Params;
}

/**
 * Every path that is served, as path-to-regexp writes it, and what answers its methods. Paths are looked up by what stands
 * before their first parameter, so that a request is not compared with every route in turn.
 */
export class RouteTable<R = never> {
  private readonly paths = new Map<string, Known<R>>();
  private readonly byFirstSegment = new Map<string, Known<R>[]>();

  /** Adds a method of a path; a GET answers HEAD as well. */
  add(method: string, path: string, route?: R): void {
    const { methods } = this.paths.get(path) ?? this.know(path);
    methods.set(method.toUpperCase(), route);
    if (method === 'get') methods.set('HEAD', route);
  }

  /** The route of a request: of those that match its path, the first that was added under its method. */
  find(method: string, path: string): Found<R> | undefined {
    const route = this.paths.get(path)?.methods.get(method);
    if (route !== undefined) return { route, params: NO_PARAMS };
    for (const known of this.candidates(path)) {
      const own = known.methods.get(method);
      const params = own !== undefined && paramsOf(known, path);
      if (params) return { route: own!, params };
    }
    return undefined;
  }

  /** All methods of the first route that a request's path matches, sorted; none for an unknown path. */
  methodsOf(path: string): string[] {
    const known = this.candidates(path).find((one) => paramsOf(one, path));
    return known ? [...known.methods.keys()].toSorted() : [];
  }

  private know(path: string): Known<R> {
    const known: Known<R> = { path, matches: match(path, { sensitive: true }), methods: new Map() };
    this.paths.set(path, known);
    const first = firstSegment(path);
    if (/[:*{]/.test(first)) throw new Error(`${path} begins with a parameter`);
    this.byFirstSegment.set(first, [...this.candidates(path), known]);
    return known;
  }

  private candidates(path: string): readonly Known<R>[] {
    return this.byFirstSegment.get(firstSegment(path)) ?? [];
  }
}

const NO_PARAMS: Params = {};

function firstSegment(path: string): string {
  const end = path.indexOf('/', 1);
  return end < 0 ? path : path.slice(0, end);
}

function paramsOf<R>({ matches }: Known<R>, path: string): Params | false {
  try {
    const found = matches(path);
    return found && found.params;
  } catch {
    return false; // a percent escape that cannot be decoded
  }
}
