import { readFileSync } from 'node:fs';
import { createContext, runInContext } from 'node:vm';

type Members = Readonly<Record<string, unknown>>;

/** The system object that Swagger UI passes to its plugins. */
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

/** Returns the text of a file of an installed package. */
export function packageText(path: string): string {
  return readFileSync(`node_modules/${path}`, 'utf8');
}

/** Runs the bundle of Swagger UI and returns its system. It needs a page only for rendering, so there is none. */
export function swaggerUi(): System {
  const console = { log: nothing, warn: nothing, error: nothing };
  const context = createContext({ ...PAGE, ...WEB, fetch, setTimeout, clearTimeout, console });
  runInContext('window = self = globalThis', context);
  runInContext(packageText('swagger-ui-dist/swagger-ui-bundle.js'), context);
  return runInContext('SwaggerUIBundle({ presets: [SwaggerUIBundle.presets.apis] }).getSystem()', context) as System;
}
