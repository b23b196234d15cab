import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { StaticFile } from './static-file.js';

/** The files that the pages may load. Requests never read any other file. */
export interface Assets {
  /** A hash of all files. It is part of their URLs, so that browsers can cache a file forever. */
  readonly version: string;
  readonly files: ReadonlyMap<string, StaticFile>;
}

const OWN = [
  'explorer.js',
  'explorer-document.js',
  'explorer-folding.js',
  'explorer-login.js',
  'explorer-navigation.js',
  'explorer-prefill.js',
  'explorer-resolve.js',
  'explorer-rows.js',
  'explorer-search.js',
  'explorer-snippets.js',
  'explorer.css',
  'redoc-start.js',
  'redoc.standalone.js', // downloaded by scripts/redoc.mjs
  'favicon.svg',
];
const LIBRARIES = [
  'swagger-ui-dist/swagger-ui-bundle.js',
  'swagger-ui-dist/swagger-ui.css',
  'swagger-ui-dist/oauth2-redirect.js',
];

const TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml; charset=utf-8',
};

// ReDoc loads a logo from another host. It is replaced by an empty picture.
const REDOC_LOGO = 'https://cdn.redoc.ly/redoc/logo-mini.svg';
const EMPTY_PICTURE = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'/%3E";

let loaded: Assets | undefined;

/** Reads the files once per process. Throws if one is missing, so that a broken package is noticed at startup. */
export function loadAssets(): Assets {
  loaded ??= readAssets();
  return loaded;
}

function readAssets(): Assets {
  const { resolve } = createRequire(import.meta.url);
  const files = new Map<string, StaticFile>();
  for (const name of OWN)
    files.set(name, asset(name, selfContained(readFileSync(new URL(`./assets/${name}`, import.meta.url), 'utf8'))));
  for (const path of LIBRARIES) {
    const name = path.slice(path.lastIndexOf('/') + 1);
    files.set(name, asset(name, selfContained(readFileSync(resolve(path), 'utf8'))));
  }
  const version = createHash('sha256');
  for (const { hash } of files.values()) version.update(hash);
  return { version: version.digest('base64url').slice(0, 16), files };
}

function asset(name: string, content: string): StaticFile {
  return new StaticFile(TYPES[name.slice(name.lastIndexOf('.') + 1)] ?? 'application/octet-stream', content);
}

/**
 * Removes links to source maps, which are not served, and URLs of other hosts that the script would load automatically.
 */
function selfContained(source: string): string {
  return source.replaceAll(REDOC_LOGO, EMPTY_PICTURE).replace(/\/[/*]# sourceMappingURL=[\w.-]+\.map(\s*\*\/)?/g, '');
}
