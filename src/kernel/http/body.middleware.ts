import type { NextFunction, Request, Response } from 'express';
import { parse as parseNested } from 'qs';
import { AppError } from '../errors/app-error.js';
import { BODY_LIMIT_BYTES } from '../schema/bounds.js';
import { parseJson } from '../validation/json.js';
import { hasBody, isEncoded, readBody } from './read-body.js';
import type { Upload } from './upload.js';

const MAX_FORM_FIELDS = 1000;

/** The request's body, as far as it was read. */
export interface Payload {
  /** Undefined: none was sent, or zero bytes, or it was not read. */
  readonly bytes?: Buffer;
  /** It has the media type of JSON. */
  readonly isJson: boolean;
  readonly json?: unknown;
  /** Its values are all text: the fields beside a file. */
  readonly isText?: boolean;
  /** What stands in `request.body`: another value there was put in its place by somebody else. */
  readonly given?: unknown;
  /** Of a field that comes more than once, the last. */
  readonly form?: Readonly<Record<string, string>>;
  /** The names of those fields. */
  readonly repeated?: readonly string[];
  readonly upload?: Upload;
  /** There is one, and it is unread: it has another media type. */
  readonly isOther?: boolean;
  /** Why it could not be read: thrown by the routes that take a body, whatever its media type. */
  readonly refusal?: 'too large' | 'encoded';
  /** It is no JSON, or no form, although its media type says so: thrown by the routes that take one. */
  readonly malformed?: Error;
}

const NO_PAYLOAD: Payload = { isJson: false };
const OTHER_PAYLOAD: Payload = { isJson: false, isOther: true };
const PAYLOAD = Symbol('payload');

interface Carrier {
  [PAYLOAD]?: Payload;
}

export function payloadOf(request: Request): Payload {
  const known = (request as Carrier)[PAYLOAD];
  if (known === undefined) return parsedElsewhere(request);
  const isReplaced = request.body !== undefined && request.body !== known.given;
  return isReplaced && known.refusal === undefined ? parsedElsewhere(request) : known;
}

export function setPayload(request: Request, payload: Payload): void {
  (request as Carrier)[PAYLOAD] = { ...payload, given: request.body };
}

/** Where somebody else has made `request.body`: another parser (Nest's own, multer), middleware, a guard, an interceptor. */
function parsedElsewhere({ body, headers }: Request): Payload {
  if (body === undefined) return NO_PAYLOAD;
  if (Buffer.isBuffer(body) || typeof body === 'string') return OTHER_PAYLOAD;
  const type = headers['content-type'] ?? '';
  if (JSON_TYPE.test(type)) return { isJson: true, json: body };
  if (MULTIPART_TYPE.test(type)) return { isJson: true, json: body, isText: true };
  return FORM_TYPE.test(type) ? { isJson: false, form: body as Record<string, string> } : OTHER_PAYLOAD;
}

const BODILESS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Reads and parses JSON and forms, as Nest's own parsers would: handlers, guards and later middleware find `request.body`
 * and `request.rawBody`. Other bodies are left to who wants them. What cannot be read is refused only by a route that takes
 * a body: an unknown path is a 404 whatever was sent to it.
 */
export function bodyMiddleware(request: Request, _response: Response, next: NextFunction): void {
  if (BODILESS.has(request.method) || !hasBody(request) || request.readableEnded) return next(); // or another parser was first
  const proceed = (payload: Payload) => {
    setPayload(request, payload);
    next();
  };
  const unread = unreadPayload(request);
  if (unread) return proceed(unread);
  readBody(request).then((bytes) => proceed(readPayload(request, bytes)), next);
}

/** What is not read, and why; undefined for JSON and forms of a good size. */
function unreadPayload(request: Request): Payload | undefined {
  const type = request.headers['content-type'] ?? '';
  if (isEncoded(request)) return { isJson: false, refusal: 'encoded' };
  const isJson = isJsonType(type);
  const isRead = isJson || FORM_TYPE.test(type);
  const isTooLarge = Number(request.headers['content-length'] ?? 0) > BODY_LIMIT_BYTES;
  if (isTooLarge) return { isJson, isOther: !isRead, refusal: 'too large' };
  return isRead ? undefined : OTHER_PAYLOAD;
}

/** `bytes` undefined: there are too many. */
function readPayload(request: Request & { rawBody?: Buffer }, bytes: Buffer | undefined): Payload {
  const isJson = isJsonType(request.headers['content-type'] ?? '');
  if (bytes === undefined) return { isJson, refusal: 'too large' };
  request.rawBody = bytes;
  if (bytes.length === 0) return NO_PAYLOAD;
  const payload = isJson ? parsedJson(bytes) : parsedForm(bytes);
  request.body = isJson ? payload.json : parseNested(bytes.toString('utf8'));
  return payload;
}

const JSON_TYPE = /^\s*application\/(?:[^\s;,/]+\+)?json\s*(?:;|$)/i;
const FORM_TYPE = /^\s*application\/x-www-form-urlencoded\s*(?:;|$)/i;
const MULTIPART_TYPE = /^\s*multipart\/form-data\s*(?:;|$)/i;
const CHARSET = /;\s*charset\s*=\s*"?([^\s;"]*)/i;

function isJsonType(type: string): boolean {
  const charset = CHARSET.exec(type)?.[1] ?? 'utf-8'; // JSON's only one (RFC 8259 §8.1)
  return JSON_TYPE.test(type) && /^utf-?8$/i.test(charset);
}

function parsedJson(bytes: Buffer): Payload {
  try {
    return { bytes, isJson: true, json: parseJson(bytes) };
  } catch (error) {
    return { bytes, isJson: true, malformed: error as Error };
  }
}

function parsedForm(bytes: Buffer): Payload {
  const fields = new URLSearchParams(bytes.toString('utf8'));
  if (fields.size <= MAX_FORM_FIELDS) {
    const form = Object.fromEntries(fields);
    const repeated = Object.keys(form).filter((name) => fields.getAll(name).length > 1);
    return { bytes, isJson: false, form, repeated };
  }
  const malformed = new AppError(`Too many fields. Maximum number of fields is ${MAX_FORM_FIELDS}.`);
  return { bytes, isJson: false, malformed };
}

/** The query parameters: of a repeated name the last one counts, of a list all of them, as in FastAPI. */
export function queryOf({ url }: Pick<Request, 'url'>, lists: readonly string[] = []): Record<string, unknown> {
  const at = url.indexOf('?');
  if (at < 0) return {};
  const sent = new URLSearchParams(url.slice(at + 1));
  const values: Record<string, unknown> = Object.fromEntries(sent);
  for (const name of lists) if (sent.has(name)) values[name] = sent.getAll(name);
  return values;
}
