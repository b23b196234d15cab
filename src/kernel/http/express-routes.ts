import type { Application, Request, RequestHandler } from 'express';
import { match, type MatchFunction } from 'path-to-regexp';
import { AppError } from '../errors/app-error.js';
import { declaredAnswer } from './returns.js';

/** As much of Express's router as is read here: it has no public list of its routes. */
interface Layer {
  readonly route?: {
    readonly path: unknown;
    readonly methods: Readonly<Record<string, boolean>>;
    readonly stack: readonly { readonly handle: object }[];
  };
}

interface KnownPath {
  readonly path: string;
  readonly matches: MatchFunction<object>;
  /** A GET answers HEAD as well. */
  readonly methods: Set<string>;
  isVital: boolean;
}

/** The paths of the routes that are registered on an Express application. Read once, when it is first asked. */
export class ExpressRoutes {
  private known: KnownPath[] | undefined;
  private vital: ReadonlySet<string> | undefined;

  constructor(private readonly app: Application) {}

  /** The template of the route that serves a request, where Express has not found it yet. */
  templateOf(request: Request): string | undefined {
    return this.paths().find((one) => one.methods.has(request.method) && doesMatch(one, request))?.path;
  }

  /**
   * Whether the request is never refused for the load: it is for a route that says so (those have no parameters), or a health
   * check.
   */
  isVital(request: Request): boolean {
    const { path } = request;
    this.vital ??= new Set(this.paths().flatMap((one) => (one.isVital ? [one.path] : [])));
    return this.vital.has(path) || isHealthCheck(request);
  }

  /** Answers what no route serves: 405 with the methods that the path has, else 404. For the end of Express's stack. */
  readonly notFound: RequestHandler = (request, response, next) => {
    const { methods = new Set<string>() } = this.paths().find((one) => doesMatch(one, request)) ?? {};
    if (isHealthCheck(request)) return void response.writeHead(204, ['Allow', allowed([...methods, 'OPTIONS'])]).end();
    if (methods.size === 0 || methods.has(request.method)) return next(new AppError('Not Found', 404));
    next(new AppError('Method Not Allowed', 405, { Allow: allowed(methods) }));
  };

  private paths(): KnownPath[] {
    return (this.known ??= read(this.app));
  }
}

/**
 * What HAProxy asks when it is told nothing else: `OPTIONS /`. An answer that is an error would take every server of a
 * healthy application out of service. On other paths OPTIONS is a method like any other, and a preflight belongs to CORS.
 */
function isHealthCheck({ method, path, headers }: Request): boolean {
  return method === 'OPTIONS' && path === '/' && headers['access-control-request-method'] === undefined;
}

function allowed(methods: Iterable<string>): string {
  return [...methods].toSorted((a, b) => a.localeCompare(b)).join(', ');
}

function read(app: Application): KnownPath[] {
  const { stack } = app.router as unknown as { stack: readonly Layer[] };
  const byPath = new Map<string, KnownPath>();
  for (const { route } of stack) {
    for (const path of [route?.path].flat()) if (typeof path === 'string') add(byPath, path, route!);
  }
  return [...byPath.values()];
}

function add(byPath: Map<string, KnownPath>, path: string, { methods, stack }: NonNullable<Layer['route']>): void {
  const matches = match(path, { sensitive: true });
  const known = byPath.get(path) ?? { path, matches, methods: new Set<string>(), isVital: false };
  for (const method of Object.keys(methods)) if (method !== '_all') known.methods.add(method.toUpperCase());
  if (known.methods.has('GET')) known.methods.add('HEAD');
  if (stack.some(({ handle }) => declaredAnswer(handle)?.vital)) known.isVital = true;
  byPath.set(path, known);
}

function doesMatch({ matches }: KnownPath, { path }: Request): boolean {
  try {
    return matches(path) !== false;
  } catch {
    return false; // a percent escape that cannot be decoded
  }
}
