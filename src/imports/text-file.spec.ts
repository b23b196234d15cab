import { ValidationFailed } from '../kernel/errors/validation-failed.js';
import { TextFile } from './text-file.js';

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

/** Returns the file's text, or the error that names its type. */
async function read(file: Buffer, { charset, size = 3 }: { charset?: string; size?: number } = {}): Promise<string> {
  const pieces = [];
  try {
    for await (const piece of new TextFile(inPieces(file, size), charset)) pieces.push(piece);
  } catch (error) {
    if (!(error instanceof ValidationFailed)) throw error;
    return error.errors[0]!.msg.replace('Value error, ', '');
  }
  return Buffer.concat(pieces).toString();
}

const hex = (bytes: string) => Buffer.concat([Buffer.from(bytes.replaceAll(' ', ''), 'hex'), Buffer.alloc(20, 0x41)]);

const utf32 = (text: string) => Buffer.from([...text].flatMap((one) => [one.charCodeAt(0), 0, 0, 0]));

describe('TextFile', () => {
  it.each<[string, Buffer, RegExp]>([
    ['UTF-32 with a byte order mark', hex('fffe0000 65000000'), /^This is UTF-32: save it as UTF-8$/],
    ['UTF-32 without a byte order mark, little-endian', utf32('email,name\n'), /^This is UTF-32/],
    ['UTF-32 without a byte order mark, big-endian', utf32('email,name\n').swap32(), /^This is UTF-32/],
    ['UTF-7', Buffer.from('+/v8-email,name\n'), /^This is UTF-7/],
    ['LZ4', hex('04224d18 6440'), /^This is LZ4/],
    ['lzip', Buffer.from('LZIP\x01\x0c'), /^This is lzip/],
    ['LZMA', hex('5d000080 00ff'), /^This is LZMA/],
    ['compress', hex('1f9d 9065'), /^This is compress \(\.Z\)/],
    ['zlib, default compression', hex('789c 4bcd'), /^This is zlib/],
    ['zlib, fastest compression', hex('7801 4bcd'), /^This is zlib/],
    ['zlib, best compression', hex('78da 4bcd'), /^This is zlib/],
    ['a part of a split ZIP file', hex('504b0708 0000'), /^This is a ZIP file/],
  ])('refuses a file that is not text and names its type: %s', async (_, file, expected) => {
    for (const size of [1, 1000]) expect(await read(file, { size })).toMatch(expected);
  });

  it.each(['utf-8', 'latin1', 'utf-16le', 'utf-16', 'shift_jis'])(
    'refuses a file that is not text even if a charset is declared: %s',
    async (charset) => {
      const files: [Buffer, RegExp][] = [
        [hex('1f8b 0800'), /^This is gzip/],
        [hex('504b 0304'), /^This is a ZIP file/],
        [Buffer.from('BZh91AY&SY'), /^This is bzip2/],
        [hex('fd377a585a00'), /^This is xz/],
        [hex('28b52ffd'), /^This is Zstandard/],
        [hex('fffe0000 65000000'), /^This is UTF-32/],
        [hex('0000feff 00000065'), /^This is UTF-32/],
      ];
      for (const [file, expected] of files) expect(await read(file, { charset })).toMatch(expected);
    },
  );

  it.each(['a\0b', 'xylophone,name', '+,-', 'BZ,h', 'PK,name', '(,)', 'LZIP,x'])(
    'accepts a text that resembles another file type: %j',
    async (text) => {
      expect(await read(Buffer.from(text))).toBe(text);
    },
  );
});

describe('a charset', () => {
  it.each([
    ['utf-16-le', 'UTF-16LE'],
    ['utf_16_le', 'UTF-16LE'],
    ['UTF16LE', 'UTF-16LE'],
    ['utf16', 'UTF-16LE'],
    ['ucs-2', 'UTF-16LE'],
    ['utf-16-be', 'UTF-16BE'],
    ['UTF_16BE', 'UTF-16BE'],
    ['utf_8', 'UTF-8'],
    ['utf-8-sig', 'UTF-8'],
    ['latin-1', 'WINDOWS-1252'],
    ['Latin_1', 'WINDOWS-1252'],
    ['cp-1252', 'WINDOWS-1252'],
    ['windows_1251', 'WINDOWS-1251'],
    ['iso_8859_1', 'WINDOWS-1252'],
    ['iso8859_15', 'ISO-8859-15'],
    ['euc_jp', 'EUC-JP'],
  ])('may have a name that other programs use: %s', (label, charset) => {
    expect(new TextFile(inPieces(Buffer.from(''), 1), label).charset).toBe(charset);
  });

  it('with such a name is used to decode the file', async () => {
    const text = 'email,name\na@b.example,Größe 😀\n';
    const bytes = Buffer.from(text, 'utf16le');
    for (const charset of ['utf-16-le', 'utf_16_le', 'utf16']) expect(await read(bytes, { charset })).toBe(text);
    expect(await read(Buffer.from(bytes).swap16(), { charset: 'utf-16-be' })).toBe(text);
  });

  it.each(['utf-16-me', 'utf_32', 'utf-8-le', 'latin-99', 'windows', '-', '_', 'utf-', 'hz-gb-2312'])(
    'is refused with 415 if it is not supported: %s',
    (label) => {
      expect(() => new TextFile(inPieces(Buffer.from(''), 1), label)).toThrow(
        expect.objectContaining({ status: 415, message: `The charset ${label} is not supported` }),
      );
    },
  );
});
