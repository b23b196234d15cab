import { AppError } from '../kernel/errors/app-error.js';
import { refused } from './refused.js';

/** Enough to know what a file is. */
const HEAD_BYTES = 8;
const UTF8 = 'utf-8';

type Decode = (bytes?: Buffer) => Buffer;

/**
 * A file as it comes in, read in its charset and given in UTF-8. A byte order mark says which it is, else the request, else
 * it is UTF-8. Bytes that the charset does not have become one that UTF-8 does not have, so that they cost only their row.
 */
export class TextFile {
  private named: string;

  /** Throws AppError 415 for a charset that nobody here reads. */
  constructor(
    private readonly source: AsyncIterable<Buffer>,
    declared?: string,
  ) {
    this.named = declared === undefined ? UTF8 : charsetOf(declared);
  }

  /** Its charset, once it is being read. */
  get charset(): string {
    return this.named.toUpperCase();
  }

  /** Throws ValidationFailed for what is no text, or another one, with the name of what it is. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    let head = Buffer.alloc(0);
    let decode: Decode | undefined;
    for await (const chunk of this.source) {
      if (decode) {
        yield decode(chunk);
        continue;
      }
      head = Buffer.concat([head, chunk]);
      if (head.length < HEAD_BYTES) continue;
      decode = this.open(head);
      yield decode(head);
    }
    if (decode) yield decode();
    else {
      decode = this.open(head);
      yield Buffer.concat([decode(head), decode()]);
    }
  }

  private open(head: Buffer): Decode {
    const kind = kindOf(head, this.named === UTF8);
    if (kind !== undefined) throw refused(`This is ${kind}`, 1);
    this.named = MARKS.find(([mark]) => startsWith(head, mark))?.[1] ?? this.named;
    return decoderOf(this.named);
  }
}

/** The charset that a `Content-Type` names, in upper or lower case, in quotes or without. */
export function declaredCharset(contentType: string | undefined): string | undefined {
  return /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(contentType ?? '')?.[1];
}

/** RFC 4180's own charset is a part of UTF-8; browsers would take it for windows-1252. */
const ASCII = /^(?:us-)?ascii$/i;

function charsetOf(label: string): string {
  if (ASCII.test(label)) return UTF8;
  for (const name of namesOf(label)) {
    try {
      return new TextDecoder(name).encoding;
    } catch {
      // it may have another of these names
    }
  }
  throw new AppError(`The charset ${label.slice(0, 40)} is not supported`, 415);
}

/** What the Encoding Standard may call it: `latin1` for `latin-1`, `utf-16le` for Python's `utf_16_le`, `utf-8` for its `utf-8-sig`. */
function namesOf(label: string): string[] {
  const dashed = label.toLowerCase().replaceAll('_', '-');
  const unicode = dashed.replace(/-sig$/, '').replace(/^utf-?(8|16)-?(le|be)?$/, 'utf-$1$2');
  return [label, dashed, dashed.replaceAll(/-(?=\d)/g, ''), unicode];
}

const MARKS: readonly [mark: string, charset: string][] = [
  ['efbbbf', UTF8],
  ['fffe', 'utf-16le'],
  ['feff', 'utf-16be'],
];

const UTF32 = 'UTF-32: save it as UTF-8';
const ZIP = 'a ZIP file, or a spreadsheet (.xlsx, .ods): save it as CSV';

const KINDS: readonly [start: string, kind: string][] = [
  ['1f8b', 'gzip: send the file itself'],
  ['504b0304', ZIP],
  ['504b0506', ZIP],
  ['504b0708', ZIP],
  ['d0cf11e0a1b11ae1', 'an Excel spreadsheet (.xls): save it as CSV'],
  ['25504446', 'PDF: save it as CSV'],
  ['425a68', 'bzip2: send the file itself'],
  ['fd377a585a', 'xz: send the file itself'],
  ['28b52ffd', 'Zstandard: send the file itself'],
  ['04224d18', 'LZ4: send the file itself'],
  ['4c5a495001', 'lzip: send the file itself'],
  ['5d000080', 'LZMA: send the file itself'],
  ['5d000000', 'LZMA: send the file itself'],
  ['1f9d', 'compress (.Z): send the file itself'],
  ['7801', 'zlib: send the file itself'],
  ['789c', 'zlib: send the file itself'],
  ['78da', 'zlib: send the file itself'],
  ['377abcaf', '7-Zip: send the file itself'],
  ['526172211a07', 'RAR: send the file itself'],
  ['7b5c727466', 'RTF: save it as CSV'],
  ['53514c6974652066', 'a database of SQLite: export a table as CSV'],
  ['5041523115', 'Parquet: save it as CSV'],
  ['89504e470d0a', 'a picture (PNG): save the table as CSV'],
  ['ffd8ff', 'a picture (JPEG): save the table as CSV'],
  ['47494638', 'a picture (GIF): save the table as CSV'],
  ['fffe0000', UTF32],
  ['0000feff', UTF32],
  ['2b2f7638', 'UTF-7: save it as UTF-8'],
  ['2b2f7639', 'UTF-7: save it as UTF-8'],
];

const UTF16 = 'UTF-16 without a byte order mark: save it as UTF-8, or name the charset';

/** By the places of zeros in the first characters. */
const WITHOUT_A_MARK: Readonly<Record<string, string>> = { x0x0: UTF16, '0x0x': UTF16, x000: UTF32, '000x': UTF32 };

function kindOf(head: Buffer, isUtf8: boolean): string | undefined {
  const kind = KINDS.find(([start]) => startsWith(head, start))?.[1];
  if (kind !== undefined || !isUtf8) return kind;
  return WITHOUT_A_MARK[[...head.subarray(0, 4)].map((byte) => (byte === 0 ? '0' : 'x')).join('')];
}

const startsWith = (bytes: Buffer, hex: string) => bytes.toString('hex', 0, hex.length / 2) === hex;

function decoderOf(charset: string): Decode {
  let isFirst = true;
  if (charset === UTF8) {
    return (bytes = Buffer.alloc(0)) => {
      const from = isFirst && startsWith(bytes, 'efbbbf') ? 3 : 0;
      isFirst = false;
      return bytes.subarray(from);
    };
  }
  const decoder = new TextDecoder(charset);
  return (bytes) => encoded(decoder.decode(bytes, { stream: bytes !== undefined }));
}

const NO_BYTE = Buffer.from([0xff]);

function encoded(text: string): Buffer {
  if (!text.includes('\ufffd')) return Buffer.from(text);
  return Buffer.concat(text.split(/(\ufffd)/).map((part) => (part === '\ufffd' ? NO_BYTE : Buffer.from(part))));
}
