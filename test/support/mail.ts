import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually } from './factories.js';

/** A mail as its recipient sees it: decoded headers by lower-case name, and its decoded text and HTML. */
export interface ReadMail {
  readonly headers: Record<string, string>;
  readonly text: string;
  readonly html: string;
}

/** Parses a message with one text part, or with text and HTML (multipart/alternative). */
export function readMail(raw: string): ReadMail {
  const whole = readPart(raw.replaceAll('\r\n', '\n'));
  const boundary = /boundary="([^"]+)"/.exec(whole.headers['content-type'] ?? '')?.[1];
  if (boundary === undefined) return { headers: whole.headers, text: decoded(whole), html: '' };
  const parts = whole.body
    .split(`--${boundary}`)
    .slice(1, -1)
    .map((part) => readPart(part.trimStart()));
  const ofType = (type: string) => parts.find(({ headers }) => headers['content-type'] === `${type}; charset=utf-8`)!;
  return { headers: whole.headers, text: decoded(ofType('text/plain')), html: decoded(ofType('text/html')) };
}

interface Part {
  readonly headers: Record<string, string>;
  readonly body: string;
}

function readPart(raw: string): Part {
  const [head = '', ...body] = raw.split('\n\n');
  const headers: Record<string, string> = {};
  for (const line of head.replaceAll(/\n[ \t]+/g, ' ').split('\n')) {
    const colon = line.indexOf(':');
    headers[line.slice(0, colon).toLowerCase()] = decodeWords(line.slice(colon + 1).trim());
  }
  return { headers, body: body.join('\n\n') };
}

const decoded = ({ headers, body }: Part) => decodeBody(body, headers['content-transfer-encoding'] ?? '7bit');

/** Decodes encoded words (RFC 2047): `=?UTF-8?Q?J=C3=B6rg?=`. */
function decodeWords(value: string): string {
  return value
    .replaceAll(/(\?=)\s+(=\?)/g, '$1$2')
    .replaceAll(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, kind: string, text: string) =>
      kind.toLowerCase() === 'b' ? fromBase64(text) : fromQuotedPrintable(text.replaceAll('_', ' ')),
    );
}

function decodeBody(body: string, encoding: string): string {
  if (encoding === 'base64') return fromBase64(body);
  return encoding === 'quoted-printable' ? fromQuotedPrintable(body.replaceAll(/=\n/g, '')) : body;
}

const fromBase64 = (text: string) => Buffer.from(text, 'base64').toString();
const fromQuotedPrintable = (text: string) =>
  Buffer.from(
    text.replaceAll(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  ).toString();

/** Returns the paths of the mails in a folder, as an application would send them, or as texts. */
export async function mailFiles(folder: string, extension: '.eml' | '.txt' = '.eml'): Promise<string[]> {
  const names = await readdir(folder).catch((): string[] => []);
  return names.filter((name) => name.endsWith(extension)).map((name) => join(folder, name));
}

/** Returns the mails that an application has written into its folder, oldest first. */
export async function readMails(folder: string): Promise<ReadMail[]> {
  const files = await Promise.all(
    (await mailFiles(folder)).map(async (path) => {
      return { mail: readMail(await readFile(path, 'utf8')), at: (await stat(path)).mtimeMs };
    }),
  );
  return files.toSorted((a, b) => a.at - b.at).map(({ mail }) => mail);
}

/** Waits for a link in the text files of mails, and returns it. */
export function linkInMails(folder: string): Promise<string> {
  return eventually(async () => {
    const files = await mailFiles(folder, '.txt');
    const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')));
    return /^https?:\S+$/m.exec(texts.join('\n'))?.[0];
  });
}

/** Returns the mails that this test's applications have written to an address, or undefined if there are none. */
export async function readMailsTo(email: string): Promise<ReadMail[] | undefined> {
  const mails = (await readMails(join(dataDir, 'mail'))).filter(({ headers }) => headers['to'] === email);
  return mails.length === 0 ? undefined : mails;
}
