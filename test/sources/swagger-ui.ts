import { readFileSync } from 'node:fs';
import { createContext, runInContext } from 'node:vm';

type Members = Readonly<Record<string, unknown>>;

/** What plugins of Swagger UI are given. */
interface System {
  readonly getComponents: (name: string) => unknown;
  readonly authActions: Members;
  readonly layoutActions: Members;
  readonly layoutSelectors: Members;
  readonly specSelectors: Members;
  readonly fn: Members;
}

const nothing = () => {};
const element = () => ({ setAttribute: nothing, appendChild: nothing, style: {}, classList: { add: nothing } });
const document = {
  createElement: element,
  documentElement: element(),
  addEventListener: nothing,
  querySelector: nothing,
};
const PAGE = { document, addEventListener: nothing, location: new URL('http://localhost/docs'), navigator: {} };
const WEB = { URL, URLSearchParams, File, FormData, Blob, Headers, Request, Response, AbortController, TextEncoder };

/** A file of an installed package. */
export function packageText(path: string): string {
  return readFileSync(`node_modules/${path}`, 'utf8');
}

/** Swagger UI as its plugins see it. Its bundle is run without a page, which it needs only to show itself. */
export function swaggerUi(): System {
  const console = { log: nothing, warn: nothing, error: nothing };
  const context = createContext({ ...PAGE, ...WEB, fetch, setTimeout, clearTimeout, console });
  runInContext('window = self = globalThis', context);
  runInContext(packageText('swagger-ui-dist/swagger-ui-bundle.js'), context);
  return runInContext('SwaggerUIBundle({ presets: [SwaggerUIBundle.presets.apis] }).getSystem()', context) as System;
}
