// Checks responses against the OpenAPI document, which clients must be able to rely on.
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import { strictValidators } from './bodies.mjs';
import { headerProblems, plainProblems, preflightProblems, securityProblems } from './headers.mjs';
import { Operations } from './operations.mjs';

const MAX_URL_LENGTH = 8192;
const PROBLEM_JSON = 'application/problem+json';
const HTTP_ERROR = { $ref: '#/components/schemas/HTTPError' };
const PROBLEM = { $ref: '#/components/schemas/Problem' };
/** Statuses of Node's HTTP parser: bad syntax, timeout, headers too large. */
const OF_PARSER = new Set([400, 408, 431]);
/** Refusals of a request head, by status: they are the same for every operation. */
const REFUSED_HEADS = { 400: 'Invalid HTTP request received.', 417: 'Expectation Failed' };
/** Paths that Socket.IO answers, not the application. */
const OTHERS_PROTOCOL = /^\/socket\.io\//;
/** Statuses that no operation may document: clients cannot rely on a failure. */
const NEVER_DOCUMENTED = new Set(['500']);

/**
 * Checks responses against one document. An answer is `{method, url, requestHeaders, status, headers, body, complete}`.
 */
export class Contract {
  /**
   * `docs`: whether the application serves the documentation pages. `plain`: whether it has routes that are not in the
   * document.
   */
  constructor(document, { docs = true, plain = false } = {}) {
    this.document = document;
    this.plain = plain;
    this.operations = new Operations(document, docs);
    this.validatorOf = strictValidators(document);
  }

  /** Returns every operation with every status that it documents: `GET /users 200`. */
  documented() {
    const responses = Object.entries(this.operations.responses());
    return responses.flatMap(([key, byStatus]) => Object.keys(byStatus).map((status) => `${key} ${status}`));
  }

  /** Returns the problems of an answer as sentences (none if it is valid), and which documented status it has shown. */
  problemsOf(answer) {
    const { method, url, headers } = answer;
    if (answer.unparsed) return { problems: this.ofParser(answer) };
    if (this.plain && OTHERS_PROTOCOL.test(url)) return { problems: [] };
    if (this.plain && this.operations.find(method, url).kind !== 'operation')
      return { problems: plainProblems(headers) };
    if (isPreflight(answer)) return { problems: preflightProblems(headers) };
    if (url.length > MAX_URL_LENGTH) return { problems: this.general(answer, 414) };
    const ofHead = REFUSED_HEADS[answer.status];
    if (ofHead !== undefined && answer.body.includes(ofHead))
      return { problems: this.general(answer, answer.status, ['connection']) };
    const found = this.operations.find(method, url);
    if (found.kind === 'docs') return { problems: [] };
    if (found.kind === 'page') return { problems: plainProblems(headers) };
    if (isHomePage(answer)) return { problems: plainProblems(headers) };
    if (isHealthCheck(answer)) return { problems: this.ofHealthCheck(answer, found) };
    if (found.kind === 'unknown') return { problems: this.general(answer, 404) };
    if (found.kind === 'operation') return this.ofOperation(answer, found);
    const problems = this.general(answer, 405, ['allow']);
    if (headers.allow !== found.allow) problems.push(`Allow is ${headers.allow}, not ${found.allow}`);
    return { problems };
  }

  ofHealthCheck(answer, { allow: others }) {
    const { status, headers } = answer;
    if (status !== 204) return [`the status is ${status}, not 204`];
    const allow = others === undefined ? 'OPTIONS' : `${others}, OPTIONS`;
    const problems = this.ofResponse(answer, {}, ['allow']);
    return headers.allow === allow ? problems : [...problems, `Allow is ${headers.allow}, not ${allow}`];
  }

  ofOperation(answer, { key, operation }) {
    const { method, status, complete } = answer;
    const response = operation.responses[status];
    if (NEVER_DOCUMENTED.has(String(status)) && response) return { problems: [`${status} must not be documented`] };
    if (status === 500) return { problems: this.general(answer, status) }; // expectServerErrors() allows it
    if (response === undefined) return { problems: [`the status ${status} is not documented`] };
    const problems = this.ofResponse(answer, this.resolve(response));
    return method !== 'HEAD' && complete ? { problems, key: `${key} ${status}` } : { problems };
  }

  /** Checks an answer that no operation documents, because any request can get it: an HTTPError with this status. */
  general(answer, status, more = []) {
    if (answer.status !== status) return [`the status is ${answer.status}, not ${status}`];
    const content = { 'application/json': { schema: HTTP_ERROR } };
    if (this.document.components.schemas.Problem) content[PROBLEM_JSON] = { schema: PROBLEM };
    return this.ofResponse(answer, { content }, [...more, 'ratelimit', 'ratelimit-policy']);
  }

  /** Checks an answer to a request that is not HTTP, which has no method and no path. */
  ofParser(answer) {
    const problems = OF_PARSER.has(answer.status) ? [] : [`the HTTP parser answered ${answer.status}`];
    return [
      ...problems,
      ...securityProblems(answer.headers),
      ...this.ofContent(answer, { 'application/json': { schema: HTTP_ERROR } }),
    ];
  }

  ofResponse(answer, { content: listed, headers = {}, 'x-content-on-request': others }, more = []) {
    const content = listed && {
      ...listed,
      ...Object.fromEntries(Object.keys(others ?? {}).map((media) => [media, { schema: {} }])),
    };
    const documented = Object.fromEntries(
      Object.entries(headers).map(([name, header]) => [name, this.resolve(header)]),
    );
    const check = (schema, value) => this.validatorOf(schema)(value);
    const problems = headerProblems(answer.headers, { documented, check, more });
    return [...problems, ...(content ? this.ofContent(answer, content) : ofNothing(answer))];
  }

  ofContent({ method, status, headers, body, complete }, content) {
    const type = headers['content-type'] ?? '';
    if (type === '' && body.length === 0 && 'location' in headers) return []; // a client that reads neither text nor HTML
    const media = Object.keys(content).find((name) => isExactly(type, name));
    if (media === undefined)
      return [`the content type is ${JSON.stringify(type)}, not ${Object.keys(content).join(' or ')}`];
    if (method === 'HEAD' || !complete || status === 206 || media === 'application/gzip') return []; // incomplete text
    const { schema } = content[media];
    let value;
    try {
      const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(plain(body, headers));
      value = /[/+]json$/.test(media) ? JSON.parse(text) : text;
    } catch (error) {
      return [`the body cannot be read: ${error.message}`];
    }
    return this.validatorOf(schema)(value);
  }

  resolve(part) {
    if (part.$ref === undefined) return part;
    return part.$ref
      .slice(2)
      .split('/')
      .reduce((node, name) => node[name], this.document);
  }
}

function isPreflight({ method, requestHeaders, status }) {
  const asked = method === 'OPTIONS' && 'origin' in requestHeaders && 'access-control-request-method' in requestHeaders;
  return asked && status === 204;
}

/** Whether the answer is the home page: browsers get HTML there, other clients JSON. */
const isHomePage = ({ url, requestHeaders, headers }) =>
  /^\/(?:\?|$)/.test(url) &&
  requestHeaders.accept?.includes('text/html') &&
  headers['content-type']?.startsWith('text/html');

/** Whether the request is `OPTIONS /`, the health check of HAProxy. */
function isHealthCheck({ method, url, requestHeaders }) {
  const isRoot = /^(?:https?:\/\/[^/?]*)?\/?(?:\?|$)/i.test(url);
  return method === 'OPTIONS' && isRoot && !('access-control-request-method' in requestHeaders);
}

const DECODERS = { gzip: gunzipSync, br: brotliDecompressSync, deflate: inflateSync };

/** Returns the body without its content encoding. */
function plain(body, headers) {
  const undo = DECODERS[headers['content-encoding']];
  return undo ? undo(body) : body;
}

/** Whether the content type is exactly the documented one: JSON has no parameters, text has its charset. */
function isExactly(type, media) {
  return type === (media.startsWith('text/') ? `${media}; charset=utf-8` : media);
}

/** Checks a response without content. As in FastAPI, a 204 may have the content type JSON. */
function ofNothing({ headers, body }) {
  const problems = body.length === 0 ? [] : [`there is an undocumented body of ${body.length} bytes`];
  const type = headers['content-type'];
  if (type !== undefined && type !== 'application/json') problems.push(`the content type of an empty body is ${type}`);
  return problems;
}
