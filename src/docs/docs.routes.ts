import type { Application, NextFunction, Request, Response } from 'express';
import { prefixOf } from '../kernel/http/forwarded-prefix.js';
import { type Assets, loadAssets } from './docs.assets.js';
import { explorerPage, oauth2RedirectPage, type Page, referencePage } from './docs.pages.js';
import { StaticFile } from './static-file.js';
import { underPrefix } from './under-prefix.js';

const REVALIDATE = 'no-cache';
const FOR_EVER = 'public, max-age=31536000, immutable';

type Handler = (req: Request, res: Response) => Promise<void>;

/**
 * Serves /docs, /redoc, /openapi.json and their assets on an Express application. The document is serialised and
 * hashed once for where its clients see it, and compressed once, when it is first asked for.
 */
export function serveDocs(app: Application, document: object): void {
  const { info } = document as { info?: { title?: string } };
  const title = info?.title ?? 'API';
  const assets = loadAssets();
  const base = `docs/assets/${assets.version}`;

  get(app, '/openapi.json', description(document));
  get(app, '/docs', page(explorerPage(title, base)));
  get(app, '/docs/oauth2-redirect', page(oauth2RedirectPage(title, `../${base}`)));
  get(app, '/redoc', page(referencePage(title, base)));
  app.get('/docs/assets/:version/:name', (req, res, next) => sendAsset(assets, req, res, next));
}

/** One exact path; with a slash behind it the client is sent to the path itself. */
function get(app: Application, path: string, handler: Handler): void {
  app.get([path, `${path}/`], (req, res, next) => {
    if (req.path === path) return handler(req, res);
    if (req.path !== `${path}/`) return next(); // Express would take /DOCS as well
    const [name = ''] = path.split('/').slice(-1);
    res
      .status(307)
      .set('Location', `../${name}${req.url.slice(req.path.length)}`)
      .end();
  });
}

function page({ html, policy }: Page): Handler {
  const file = new StaticFile('text/html; charset=utf-8', html);
  return (req, res) => {
    res.set({ 'Content-Security-Policy': policy, 'Cache-Control': REVALIDATE });
    return file.send(req, res);
  };
}

/** Made anew for a prefix: one at a time, since nearly all requests come by the same proxy. */
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
  // During a roll-out a page of the other release may ask here: it gets what there is, but must not keep it.
  res.set('Cache-Control', req.params.version === version ? FOR_EVER : REVALIDATE);
  return file.send(req, res);
}
