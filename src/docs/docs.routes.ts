import type { Application, NextFunction, Request, Response } from 'express';
import { prefixOf } from '../kernel/http/forwarded-prefix.js';
import { type Assets, loadAssets } from './docs.assets.js';
import {
  type DemoAccount,
  explorerPage,
  homePage,
  oauth2RedirectPage,
  type Page,
  referencePage,
} from './docs.pages.js';
import { StaticFile } from './static-file.js';
import { underPrefix } from './under-prefix.js';

const REVALIDATE = 'no-cache';
const FOR_EVER = 'public, max-age=31536000, immutable';

type Handler = (req: Request, res: Response) => Promise<void>;

/**
 * Serves /docs, /redoc, /openapi.json and their assets on an Express application. The document is serialized and hashed
 * once per path prefix, and compressed once, at the first request.
 */
export function serveDocs(
  app: Application,
  document: object,
  findDemoAccount: FindDemoAccount = () => undefined,
): void {
  const { info } = document as { info?: { title?: string } };
  const title = info?.title ?? 'API';
  const assets = loadAssets();
  const base = `docs/assets/${assets.version}`;

  const home = page(homePage(title, base));
  const handlers = new Map([
    ['/openapi.json', description(document)],
    ['/docs', explorer(title, base, findDemoAccount)],
    ['/docs/oauth2-redirect', page(oauth2RedirectPage(title, `../${base}`))],
    ['/redoc', page(referencePage(title, base))],
  ]);
  // A single Express route for all pages. Every request passes it, and matching five routes would take longer than the
  // handler of / itself.
  const paths = ['/', ...[...handlers.keys()].flatMap((path) => [path, `${path}/`])];
  app.get(paths, (req, res, next) => {
    if (req.path === '/') return prefersPage(req) ? home(req, res.vary('Accept')) : next();
    const handler = handlers.get(req.path);
    return handler ? handler(req, res) : withoutSlash(handlers, req, res, next);
  });
  app.get('/docs/assets/:version/:name', (req, res, next) => sendAsset(assets, req, res, next));
}

type FindDemoAccount = () => Promise<DemoAccount | undefined> | undefined;

/** Looks up the demo account at each request, since `npm run seed` replaces rows. */
function explorer(title: string, base: string, findDemoAccount: FindDemoAccount): Handler {
  const plain = page(explorerPage(title, base));
  let withDemo: Handler | undefined;
  return async (req, res) => {
    const demo = await findDemoAccount();
    if (demo === undefined) return plain(req, res);
    withDemo ??= page(explorerPage(title, base, demo)); // there is only one demo account
    return withDemo(req, res);
  };
}

/** Returns whether the client is a browser. Other clients get the application's JSON, also if they accept anything. */
function prefersPage(req: Request): boolean {
  return req.headers.accept?.includes('text/html') === true && req.accepts(['json', 'html']) === 'html';
}

/** Redirects a path with a trailing slash to the path without it. */
function withoutSlash(handlers: ReadonlyMap<string, Handler>, req: Request, res: Response, next: NextFunction): void {
  const path = req.path.slice(0, -1);
  if (!req.path.endsWith('/') || !handlers.has(path)) return next(); // Express would also match /DOCS
  const [name = ''] = path.split('/').slice(-1);
  res
    .status(307)
    .set('Location', `../${name}${req.url.slice(req.path.length)}`)
    .end();
}

function page({ html, policy }: Page): Handler {
  const file = new StaticFile('text/html; charset=utf-8', html);
  return (req, res) => {
    res.set({ 'Content-Security-Policy': policy, 'Cache-Control': REVALIDATE });
    return file.send(req, res);
  };
}

/**
 * Serves the document. Keeps only the copy for the latest prefix, since nearly all requests come through the same
 * proxy.
 */
function description(document: object): Handler {
  const fileFor = (prefix: string) => new StaticFile('application/json', JSON.stringify(underPrefix(document, prefix)));
  const plain = fileFor('');
  let latest = { prefix: '', file: plain };
  return (req, res) => {
    const prefix = prefixOf(req);
    if (prefix !== latest.prefix) latest = { prefix, file: prefix === '' ? plain : fileFor(prefix) };
    return latest.file.send(req, res.set('Cache-Control', REVALIDATE));
  };
}

function sendAsset(
  { version, files }: Assets,
  req: Request<{ version: string; name: string }>,
  res: Response,
  next: NextFunction,
) {
  const file = files.get(req.params.name);
  if (!file) return next();
  // During a roll-out, a page of another release may request its assets here. It gets those of this release, but must
  // not cache them.
  res.set('Cache-Control', req.params.version === version ? FOR_EVER : REVALIDATE);
  return file.send(req, res);
}
