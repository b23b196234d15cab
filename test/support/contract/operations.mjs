// Finds the operation of a request as a router does, from the OpenAPI document alone.

/** Documentation pages are not operations: GET and HEAD of these are not checked against the document. */
const DOCS = [
  /^\/docs\/?$/,
  /^\/docs\/oauth2-redirect\/?$/,
  /^\/docs\/assets\/[^/]+\/[^/]+$/,
  /^\/redoc\/?$/,
  /^\/openapi\.json\/?$/,
];
/** HTML pages with forms that post to the same URL. */
const FORMS = /^\/(?:reset-password|verify-email)\/?$/;
const METHODS = ['get', 'put', 'post', 'patch', 'delete'];
const ORDER = [...METHODS, 'head'].toSorted((a, b) => a.localeCompare(b));

export class Operations {
  constructor({ paths }, hasDocs) {
    this.docs = hasDocs ? DOCS : [];
    this.templates = Object.entries(paths)
      .map(([path, item]) => ({ path, item, pattern: patternOf(path), literal: !path.includes('{') }))
      .toSorted((a, b) => b.literal - a.literal); // so `/users/me` does not match `/users/{user_id}`
  }

  /** Returns the responses of every operation by its key, e.g. `GET /users/{user_id}`. */
  responses() {
    const responses = {};
    for (const { path, item } of this.templates) {
      for (const method of METHODS)
        if (item[method]) responses[`${method.toUpperCase()} ${path}`] = item[method].responses;
    }
    return responses;
  }

  /**
   * Classifies a request: `operation` with its key and its part of the document, `docs`, `page`, `method` with the
   * allowed methods, or `unknown`.
   */
  find(method, url) {
    const path = pathOf(url);
    const asked = method === 'HEAD' ? 'get' : method.toLowerCase();
    const docs = this.docs.some((pattern) => pattern.test(path));
    if (docs && asked === 'get') return { kind: 'docs' };
    const isForm = FORMS.test(path);
    if (isForm && ['get', 'post'].includes(asked)) return { kind: 'page' };
    const matching = this.templates.filter(({ pattern }) => pattern.test(path));
    const found = matching.find(({ item }) => METHODS.includes(asked) && item[asked]);
    if (found) return { kind: 'operation', key: `${asked.toUpperCase()} ${found.path}`, operation: found.item[asked] };
    const allowed = new Set(matching.flatMap(({ item }) => METHODS.filter((name) => item[name])));
    if (docs || isForm) allowed.add('get');
    if (isForm) allowed.add('post');
    if (allowed.has('get')) allowed.add('head');
    if (allowed.size === 0) return { kind: 'unknown' };
    return {
      kind: 'method',
      allow: ORDER.filter((name) => allowed.has(name))
        .join(', ')
        .toUpperCase(),
    };
  }
}

/** Returns the pattern of a path: a parameter matches one segment, and one trailing slash is ignored. */
function patternOf(template) {
  const escaped = template.replace(/[.*+?^$()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`^${escaped.replace(/\{[^}]+\}/g, '[^/]+')}${template === '/' ? '' : '/?'}$`);
}

/** Returns the decoded path of a request target, without a trailing newline. */
function pathOf(target) {
  const [path] = target.replace(/^https?:\/\/[^/?]*/i, '').split('?', 1);
  const decoded = path.replace(/(?:%[\da-f]{2})+/gi, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString());
  return decoded.replace(/\n$/, '') || '/';
}
