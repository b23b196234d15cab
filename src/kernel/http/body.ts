import type { Request } from 'express';
import { AppError } from '../errors/app-error.js';
import { parseJson } from '../validation/json.js';
import type { Contract } from './contract.js';
import { readBody } from './read-body.js';
import { openUpload, type Upload } from './upload.js';

const MAX_FORM_FIELDS = 1000;

/** The request's body as far as its route takes one. `bytes` undefined: none was sent, or zero bytes. */
export interface Payload {
  readonly bytes?: Buffer;
  readonly isJson: boolean;
  readonly json?: unknown;
  readonly form?: Readonly<Record<string, string>>;
  readonly upload?: Upload;
}

const NO_PAYLOAD: Payload = { isJson: false };

export function payloadOf(request: Request): Payload {
  return (request.body as Payload | undefined) ?? NO_PAYLOAD;
}

/** The query parameters: of a repeated name the last one counts, as in FastAPI. */
export function queryOf(request: Request): Record<string, string> {
  const at = request.url.indexOf('?');
  return at < 0 ? {} : Object.fromEntries(new URLSearchParams(request.url.slice(at + 1)));
}

/**
 * Reads and parses the body before anything is asked of the caller, so that broken JSON is a 422 even without a token.
 * Undefined for a route that takes no body: what was sent is ignored.
 */
export function bodyReader(contract: Contract): ((request: Request) => Promise<void>) | undefined {
  const input = contract.inputs.find(({ from }) => from !== 'path' && from !== 'query');
  if (input === undefined) return undefined;
  if (input.from === 'upload') {
    const medias = Object.keys(input.media);
    return async (request) => {
      request.body = { isJson: false, upload: await openUpload(request, medias) };
    };
  }
  const parse = input.from === 'form' ? parseForm : parseBody;
  return async (request) => {
    const bytes = await readBody(request);
    request.body = bytes.length > 0 ? parse(bytes, request.headers['content-type'] ?? '') : NO_PAYLOAD;
  };
}

const JSON_TYPE = /^\s*application\/(?:[^\s;,/]+\+)?json\s*(?:;|$)/i;
const CHARSET = /;\s*charset\s*=\s*"?([^\s;"]*)/i;

function parseBody(bytes: Buffer, type: string): Payload {
  const charset = CHARSET.exec(type)?.[1] ?? 'utf-8'; // JSON's only one (RFC 8259 §8.1)
  const isJson = JSON_TYPE.test(type) && /^utf-?8$/i.test(charset);
  return isJson ? { bytes, isJson, json: parseJson(bytes) } : { bytes, isJson };
}

const FORM_TYPE = /^\s*application\/x-www-form-urlencoded\s*(?:;|$)/i;

function parseForm(bytes: Buffer, type: string): Payload {
  if (!FORM_TYPE.test(type)) return { bytes, isJson: false };
  const fields = new URLSearchParams(bytes.toString('utf8'));
  if (fields.size > MAX_FORM_FIELDS) {
    throw new AppError(`Too many fields. Maximum number of fields is ${MAX_FORM_FIELDS}.`);
  }
  return { bytes, isJson: false, form: Object.fromEntries(fields) };
}
