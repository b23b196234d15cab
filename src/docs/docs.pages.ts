/** A page and its Content-Security-Policy. */
export interface Page {
  readonly html: string;
  readonly policy: string;
}

// Hashes of the two <style> elements that ReDoc writes: the empty one of styled-components (its rules are added through
// the CSSOM) and the one of its scroll bars. They depend on the version of redoc. The browser test fails when they
// change.
const REDOC_STYLES = [
  "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='",
  "'sha256-QMIg+bpjm3JdElJ388KYke01izlUW0UoNOeKjpMxdgc='",
];

// All URLs in the pages are relative, since a proxy may serve them under any path. `base` is the folder of the assets.

/** Returns the page at `/`, with links to all others. */
export function homePage(title: string, base: string): Page {
  const places = [
    ['docs', 'Explorer', 'Read about every operation and try it out.'],
    ['redoc', 'Reference', 'The whole API on one page.'],
    ['openapi.json', 'openapi.json', 'The OpenAPI document, for client generators and other tools.'],
    ['health/ready', 'Health', 'Shows whether this server can handle requests.'],
  ];
  const items = places.map(([to, name, what]) => `<li><a href="${to}">${name}</a><span>${what}</span></li>`);
  return page(
    title,
    `<link rel="stylesheet" href="${base}/explorer.css">`,
    `<main class="home"><h1><img src="${base}/favicon.svg" alt="" width="36" height="36">${escaped(title)}</h1>
<p>This is an API. These pages describe it:</p>
<ul>
${items.join('\n')}
</ul></main>`,
    base,
    { needsScripts: false },
  );
}

const bar = (title: string, base: string, current: 'docs' | 'redoc') => {
  const link = (to: string, name: string) =>
    `<a href="${to}"${to === current ? ' aria-current="page"' : ''}>${name}</a>`;
  return `<header class="bar"><a class="brand" href="docs"><img src="${base}/favicon.svg" alt="" width="28" height="28">${escaped(title)}</a>
<nav>${link('docs', 'Explorer')}${link('redoc', 'Reference')}${link('openapi.json', 'openapi.json')}</nav></header>`;
};

/** An account that the explorer offers for signing in. */
export interface DemoAccount {
  readonly email: string;
  readonly password: string;
}

/** Returns the explorer: Swagger UI with its own login form. */
export function explorerPage(title: string, base: string, demo?: DemoAccount): Page {
  return page(
    `${title} · API explorer`,
    `<link rel="stylesheet" href="${base}/swagger-ui.css">
<link rel="stylesheet" href="${base}/explorer.css">
<script defer src="${base}/swagger-ui-bundle.js"></script>
<script type="module" src="${base}/explorer.js"></script>`,
    `${bar(title, base, 'docs')}
<main id="explorer"${demo ? ` data-demo="${escaped(JSON.stringify(demo))}"` : ''}></main>`,
    base,
  );
}

/** Returns the reference: ReDoc. */
export function referencePage(title: string, base: string): Page {
  return page(
    `${title} · API reference`,
    `<link rel="stylesheet" href="${base}/explorer.css">
<script defer src="${base}/redoc.standalone.js"></script>
<script defer src="${base}/redoc-start.js"></script>`,
    `${bar(title, base, 'redoc')}
<main id="reference"></main>`,
    base,
    { styles: REDOC_STYLES, workers: 'blob:' },
  );
}

/**
 * Returns the page to which an OAuth2 provider redirects the browser. It passes the result to the explorer that opened
 * it.
 */
export function oauth2RedirectPage(title: string, base: string): Page {
  const script = `<script defer src="${base}/oauth2-redirect.js"></script>`;
  return page(`${title} · signed in`, script, '', base, { root: '../' });
}

interface Options {
  /** The relative path from the page to the root. */
  readonly root?: string;
  readonly styles?: readonly string[];
  readonly workers?: string;
  readonly needsScripts?: boolean;
}

function page(
  title: string,
  head: string,
  body: string,
  base: string,
  { root = '', styles = [], workers = "'none'", needsScripts = true }: Options = {},
): Page {
  const fallback = `<noscript>This page needs JavaScript. The API is described in <a href="${root}openapi.json">openapi.json</a>.</noscript>\n`;
  return {
    html: `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<link rel="icon" type="image/svg+xml" href="${base}/favicon.svg">
${head}
</head>
<body>
${body}
${needsScripts ? fallback : ''}</body>
</html>
`,
    policy: [
      "default-src 'none'",
      "script-src 'self'",
      ["style-src 'self'", ...styles].join(' '),
      "img-src 'self' data:",
      "connect-src 'self'",
      "font-src 'self'",
      `worker-src ${workers}`,
      "base-uri 'none'",
      "form-action 'self'",
      "frame-ancestors 'none'",
    ].join('; '),
  };
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}
