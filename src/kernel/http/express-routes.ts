import type { Application, Request, RequestHandler } from 'express';
import { match, type MatchFunction } from 'path-to-regexp';
import { AppError } from '../errors/app-error.js';
import { declaredResponseOf } from './returns.js';

// The routes registered in Express, read from its router.

/** The parts of Express's router that are read here. Express has no public list of its routes. */
interface Layer {
  readonly route?: {
    readonly path: unknown;
    readonly methods: Readonly<Record<string, boolean>>;
    readonly stack: readonly { readonly handle: object }[];
  };
}

interface RegisteredPath {
  readonly path: string;
  readonly matches: MatchFunction<object>;
  /** Includes HEAD if there is a GET. */
  readonly methods: Set<string>;
  isAlwaysAdmitted: boolean;
}

/**
 * The paths and methods of the routes registered in Express, for 405 responses, for route templates, and for routes that
 * are always admitted. Read once, at first use.
 */
export class ExpressRoutes {
  private cachedPaths: RegisteredPath[] | undefined;
  private alwaysAdmittedPaths: ReadonlySet<string> | undefined;

  constructor(private readonly app: Application) {}

  /** Returns the template of the route that matches a request, before Express has routed it. */
  templateOf(request: Request): string | undefined {
    return this.paths().find((one) => one.methods.has(request.method) && doesMatch(one, request))?.path;
  }

  /**
   * Whether admission control must not refuse the request: its route is `alwaysAdmitted` (such routes have no
   * parameters), or it is a health check.
   */
  isAlwaysAdmitted(request: Request): boolean {
    const { path } = request;
    this.alwaysAdmittedPaths ??= new Set(this.paths().flatMap((one) => (one.isAlwaysAdmitted ? [one.path] : [])));
    return this.alwaysAdmittedPaths.has(path) || isHealthCheck(request);
  }

  /**
   * The last middleware, for requests that no route handles: a 405 with `Allow` if the path has other methods,
   * otherwise a 404.
   */
  readonly notFound: RequestHandler = (request, response, next) => {
    const { methods = new Set<string>() } = this.paths().find((one) => doesMatch(one, request)) ?? {};
    if (isHealthCheck(request))
      return void response.writeHead(204, ['Allow', allowHeader([...methods, 'OPTIONS'])]).end();
    if (methods.size === 0 || methods.has(request.method)) return next(new AppError('Not Found', 404));
    next(new AppError('Method Not Allowed', 405, { Allow: allowHeader(methods) }));
  };

  private paths(): RegisteredPath[] {
    return (this.cachedPaths ??= readPaths(this.app));
  }
}

/**
 * Whether the request is HAProxy's default health check, `OPTIONS /`. An error would take healthy servers out of
 * service. On other paths OPTIONS is an ordinary method, and CORS handles preflights.
 */
function isHealthCheck({ method, path, headers }: Request): boolean {
  return method === 'OPTIONS' && path === '/' && headers['access-control-request-method'] === undefined;
}

function allowHeader(methods: Iterable<string>): string {
  return [...methods].toSorted((a, b) => a.localeCompare(b)).join(', ');
}

function readPaths(app: Application): RegisteredPath[] {
  const { stack } = app.router as unknown as { stack: readonly Layer[] };
  const byPath = new Map<string, RegisteredPath>();
  for (const { route } of stack) {
    for (const path of [route?.path].flat()) if (typeof path === 'string') addRoute(byPath, path, route!);
  }
  return [...byPath.values()];
}

function addRoute(
  byPath: Map<string, RegisteredPath>,
  path: string,
  { methods, stack }: NonNullable<Layer['route']>,
): void {
  const matches = match(path, { sensitive: true });
  const known = byPath.get(path) ?? { path, matches, methods: new Set<string>(), isAlwaysAdmitted: false };
  for (const method of Object.keys(methods)) if (method !== '_all') known.methods.add(method.toUpperCase());
  if (known.methods.has('GET')) known.methods.add('HEAD');
  if (stack.some(({ handle }) => declaredResponseOf(handle)?.alwaysAdmitted)) known.isAlwaysAdmitted = true;
  byPath.set(path, known);
}

function doesMatch({ matches }: RegisteredPath, { path }: Request): boolean {
  try {
    return matches(path) !== false;
  } catch {
    return false; // an invalid percent-escape
  }
}
