// Judges answers by the document: what a client may rely on is what was sent.
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import { strictValidators } from './bodies.mjs';
import { headerProblems, plainProblems, preflightProblems, securityProblems } from './headers.mjs';
import { Operations } from './operations.mjs';

const MAX_URL_LENGTH = 8192;
const PROBLEM_JSON = 'application/problem+json';
const HTTP_ERROR = { $ref: '#/components/schemas/HTTPError' };
const PROBLEM = { $ref: '#/components/schemas/Problem' };
/** Bad syntax, too slow, too long a head. */
const OF_PARSER = new Set([400, 408, 431]);
/** What refuses a head, whatever operation it names. */
const REFUSED_HEADS = { 400: 'Invalid HTTP request received.', 417: 'Expectation Failed' };
/** What is not answered by the application but by a server of sockets beside it. */
const OTHERS_PROTOCOL = /^\/socket\.io\//;
/** Aerie limits no rates, and a failure is nothing to rely on. */
const NEVER_DOCUMENTED = new Set(['500']);

/** The contract of one document. An answer is `{method, url, requestHeaders, status, headers, body, complete}`. */
export class Contract {
  /**
   * `docs`: whether the application serves the pages of the documentation. `plain`: whether it has routes beside those of
   * the document.
   */
  constructor(document, { docs = true, plain = false } = {}) {
    this.document = document;
    this.plain = plain;
    this.operations = new Operations(document, docs);
    this.validatorOf = strictValidators(document);
  }

  /** Every operation with every status that it documents: `GET /users 200`. */
  documented() {
    const responses = Object.entries(this.operations.responses());
    return responses.flatMap(([key, byStatus]) => Object.keys(byStatus).map((status) => `${key} ${status}`));
  }

  /** What is wrong with an answer, as sentences (none for a good one), and which documented status it has shown. */
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
    if (NEVER_DOCUMENTED.has(String(status)) && response) return { problems: [`${status} is nothing to document`] };
    if (status === 500) return { problems: this.general(answer, status) }; // whether it may be is not the document's matter
    if (response === undefined) return { problems: [`the status ${status} is not documented`] };
    const problems = this.ofResponse(answer, this.resolve(response));
    return method !== 'HEAD' && complete ? { problems, key: `${key} ${status}` } : { problems };
  }

  /** Answers that no operation documents, since they are not its own: an HTTPError under this status. */
  general(answer, status, more = []) {
    if (answer.status !== status) return [`the status is ${answer.status}, not ${status}`];
    const content = { 'application/json': { schema: HTTP_ERROR } };
    if (this.document.components.schemas.Problem) content[PROBLEM_JSON] = { schema: PROBLEM };
    return this.ofResponse(answer, { content }, more);
  }

  /** What is not HTTP has no method and no path. */
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
    const media = Object.keys(content).find((name) => isExactly(type, name));
    if (media === undefined)
      return [`the content type is ${JSON.stringify(type)}, not ${Object.keys(content).join(' or ')}`];
    if (method === 'HEAD' || !complete || status === 206 || media === 'application/gzip') return []; // no text as a whole
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

/** Browsers get a page where programs get JSON. */
const isHomePage = ({ url, requestHeaders, headers }) =>
  /^\/(?:\?|$)/.test(url) &&
  requestHeaders.accept?.includes('text/html') &&
  headers['content-type']?.startsWith('text/html');

/** `OPTIONS /`, by which HAProxy asks whether the server is up. */
function isHealthCheck({ method, url, requestHeaders }) {
  const isRoot = /^(?:https?:\/\/[^/?]*)?\/?(?:\?|$)/i.test(url);
  return method === 'OPTIONS' && isRoot && !('access-control-request-method' in requestHeaders);
}

const DECODERS = { gzip: gunzipSync, br: brotliDecompressSync, deflate: inflateSync };

/** The body as it was before it was compressed for the way. */
function plain(body, headers) {
  const undo = DECODERS[headers['content-encoding']];
  return undo ? undo(body) : body;
}

/** JSON has no parameters; text has its charset. */
function isExactly(type, media) {
  return type === (media.startsWith('text/') ? `${media}; charset=utf-8` : media);
}

/** A response without content. FastAPI's 204 names JSON all the same, and so does Aerie's. */
function ofNothing({ headers, body }) {
  const problems = body.length === 0 ? [] : [`there is a body of ${body.length} bytes, and none is documented`];
  const type = headers['content-type'];
  if (type !== undefined && type !== 'application/json') problems.push(`the content type of nothing is ${type}`);
  return problems;
}
