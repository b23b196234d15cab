import { AppError } from '../kernel/errors/app-error.js';
import { refused } from './refused.js';

/** The number of bytes that suffice to recognize the type of a file. */
const HEAD_BYTES = 8;
const UTF8 = 'utf-8';

type Decode = (bytes?: Buffer) => Buffer;

/**
 * An uploaded file, decoded from its charset and yielded as UTF-8 while it arrives. The charset is that of its byte
 * order mark, else that of the request, else UTF-8. Bytes that are invalid in the charset become a byte that is invalid
 * in UTF-8, so that they cost only their row.
 */
export class TextFile {
  private named: string;

  /** Throws AppError 415 if the charset is not supported. */
  constructor(
    private readonly source: AsyncIterable<Buffer>,
    declared?: string,
  ) {
    this.named = declared === undefined ? UTF8 : charsetOf(declared);
  }

  /** The charset of the file, known once reading has begun. */
  get charset(): string {
    return this.named.toUpperCase();
  }

  /**
   * Yields the file. Throws ValidationFailed for a binary file or an unsupported encoding, with the name of the type.
   */
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

/** Returns the charset that a `Content-Type` names, in any letter case, with or without quotes. */
export function declaredCharset(contentType: string | undefined): string | undefined {
  return /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(contentType ?? '')?.[1];
}

/** US-ASCII, the default charset of RFC 4180, is a subset of UTF-8. Browsers would treat it as windows-1252. */
const ASCII = /^(?:us-)?ascii$/i;

function charsetOf(label: string): string {
  if (ASCII.test(label)) return UTF8;
  for (const name of namesOf(label)) {
    try {
      return new TextDecoder(name).encoding;
    } catch {
      // try the next name
    }
  }
  throw new AppError(`The charset ${label.slice(0, 40)} is not supported`, 415);
}

/**
 * Returns names by which the Encoding Standard may know a label: `latin1` for `latin-1`, `utf-16le` for Python's
 * `utf_16_le`, `utf-8` for its `utf-8-sig`.
 */
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
  ['1f8b', 'gzip: send the uncompressed file'],
  ['504b0304', ZIP],
  ['504b0506', ZIP],
  ['504b0708', ZIP],
  ['d0cf11e0a1b11ae1', 'an Excel spreadsheet (.xls): save it as CSV'],
  ['25504446', 'PDF: save it as CSV'],
  ['425a68', 'bzip2: send the uncompressed file'],
  ['fd377a585a', 'xz: send the uncompressed file'],
  ['28b52ffd', 'Zstandard: send the uncompressed file'],
  ['04224d18', 'LZ4: send the uncompressed file'],
  ['4c5a495001', 'lzip: send the uncompressed file'],
  ['5d000080', 'LZMA: send the uncompressed file'],
  ['5d000000', 'LZMA: send the uncompressed file'],
  ['1f9d', 'compress (.Z): send the uncompressed file'],
  ['7801', 'zlib: send the uncompressed file'],
  ['789c', 'zlib: send the uncompressed file'],
  ['78da', 'zlib: send the uncompressed file'],
  ['377abcaf', '7-Zip: send the uncompressed file'],
  ['526172211a07', 'RAR: send the uncompressed file'],
  ['7b5c727466', 'RTF: save it as CSV'],
  ['53514c6974652066', 'an SQLite database: export a table as CSV'],
  ['5041523115', 'Parquet: save it as CSV'],
  ['89504e470d0a', 'a PNG image: save the table as CSV'],
  ['ffd8ff', 'a JPEG image: save the table as CSV'],
  ['47494638', 'a GIF image: save the table as CSV'],
  ['fffe0000', UTF32],
  ['0000feff', UTF32],
  ['2b2f7638', 'UTF-7: save it as UTF-8'],
  ['2b2f7639', 'UTF-7: save it as UTF-8'],
];

const UTF16 = 'UTF-16 without a byte order mark: save it as UTF-8, or declare the charset';

/** Encodings by the positions of zeros in the first four bytes. */
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
