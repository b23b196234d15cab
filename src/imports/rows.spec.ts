import 'reflect-metadata';
import { IsOptional, IsString, MaxLength } from 'class-validator';
import fc from 'fast-check';
import { ValidationFailed } from '../kernel/errors/validation-failed.js';
import { csvRows, jsonRows } from './rows.js';
import { declaredCharset, TextFile } from './text-file.js';

class Person {
  @IsString()
  @MaxLength(100)
  email!: string;

  @IsString()
  @MaxLength(100)
  name!: string;

  @IsOptional()
  @IsString()
  @MaxLength(100)
  role?: string | null;
}

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

/** Returns each row's fields or its error. Returns the error of the file if it is refused. */
async function read(
  file: string | Buffer,
  { charset, size = 3, json = false }: { charset?: string; size?: number; json?: boolean } = {},
) {
  const source = new TextFile(inPieces(Buffer.from(file), size), charset);
  const found = [];
  try {
    const rows = json ? jsonRows(source, Person) : csvRows(source, Person, ['email', 'name']);
    for await (const { line, value, errors } of rows) {
      found.push([line, value ? [value.email, value.name, value.role].filter(Boolean).join('|') : errors[0]!.msg]);
    }
  } catch (error) {
    if (!(error instanceof ValidationFailed)) throw error;
    return error.errors[0]!.msg.replace('Value error, ', '');
  }
  return found;
}

const utf16 = (text: string, isBig = false) => {
  const bytes = Buffer.from(`\ufeff${text}`, 'utf16le');
  return isBig ? bytes.swap16() : bytes;
};

const hex = (bytes: string) => Buffer.concat([Buffer.from(bytes.replaceAll(' ', ''), 'hex'), Buffer.alloc(20, 0x41)]);

const ANN = 'a@b.example|Ann';
const ROWS = [
  [2, ANN],
  [3, 'c@d.example|Bo'],
];

describe('a spreadsheet file', () => {
  it.each<[string, string]>([
    ['with empty columns at the end', 'email,name,,\na@b.example,Ann,,\nc@d.example,Bo,,\n'],
    ['with an empty column in the middle', 'email,,name\na@b.example,,Ann\nc@d.example,,Bo\n'],
    ['with text in an unnamed column', 'email,name,\na@b.example,Ann,x\nc@d.example,Bo,\n'],
    ['with empty fields after the columns of the header', 'email,name\na@b.example,Ann,,\nc@d.example,Bo," "\n'],
    ['with a header in upper case', 'EMAIL,Name\na@b.example,Ann\nc@d.example,Bo\n'],
    ['with spaces in the header', ' Email , name\t\na@b.example,Ann\nc@d.example,Bo\n'],
    ['with quotes in the header', '"Email","Name"\n"a@b.example","Ann"\nc@d.example,Bo\n'],
    ['with semicolons', 'email;name\na@b.example;Ann\nc@d.example;Bo\n'],
    ['with tabs', 'email\tname\na@b.example\tAnn\nc@d.example\tBo\n'],
    ['with semicolons, quotes and CRLF', 'Name;"EMAIL";;Note\r\nAnn;a@b.example;;"x,y"\r\n"Bo";c@d.example;;"z"\r\n'],
    ['with additional columns', 'phone;email;name;phone 2\n1;a@b.example;Ann;2\n3;c@d.example;Bo;4\n'],
    ['that ends with empty rows', 'email,name\na@b.example,Ann\nc@d.example,Bo\n,\n,,,\n"",""\n , \n\n'],
    ['with a byte order mark before a quote', '\ufeff"email","name"\na@b.example,Ann\nc@d.example,Bo\n'],
  ])('%s is read', async (_, file) => {
    expect(await read(file)).toEqual(ROWS);
    expect(await read(utf16(file.replace('\ufeff', '')))).toEqual(ROWS);
  });

  it.each<[string, string, (string | number)[][]]>([
    ['empty rows before the header', ',,\n;;\n\t\nemail,name\na@b.example,Ann\n', [[5, ANN]]],
    ['empty rows between the records', 'email;name\n;\na@b.example;Ann\n;;;\n', [[3, ANN]]],
    ['a sep= line', 'sep=;\nemail;name\na@b.example;Ann\n', [[3, ANN]]],
    ['a sep= line for tabs', 'SEP=\t\r\nemail\tname\r\na@b.example\tAnn\r\n', [[3, ANN]]],
    ['commas in fields separated by semicolons', 'email;name\na@b.example;"A, nn"\n', [[2, 'a@b.example|A, nn']]],
    ['the separator in quotes', 'email;name\na@b.example;"A;\nnn"\n', [[2, 'a@b.example|A;\nnn']]],
    ['a quote after a semicolon', 'email,name\na@b.example,x;"y\n', [[2, 'a@b.example|x;"y']]],
    ['a line break in the header', '"email","name","a\r\nb"\na@b.example,Ann,\n', [[3, ANN]]],
    [
      'a row longer than the header',
      'email,name\na@b.example,Ann,,x\n',
      [[2, 'Value error, The row has 4 fields, but the header has 2']],
    ],
    [
      'a row shorter than the header',
      'email,name,role\na@b.example,Ann\n',
      [[2, 'Value error, The row has 2 fields, but the header has 3']],
    ],
    [
      'a row of semicolons in a comma-separated file',
      'email,name\n;;\n',
      [[2, 'Value error, The row has 1 fields, but the header has 2']],
    ],
    ['a row of a single quote', 'email,name\n"\n', [[2, 'Value error, The quotes in the row are malformed']]],
  ])('with %s returns the expected rows or errors', async (_, file, expected) => {
    expect(await read(file)).toEqual(expected);
  });
});

/** The result for a row with invalid bytes and the valid row after it. */
const wrong = (charset: string) => [
  [2, `Value error, The row is not valid ${charset}`],
  [3, ANN],
];

describe('a charset', () => {
  const text = 'email,name\na@b.example,Größe\nc@d.example,😀\n';
  const rows = [
    [2, 'a@b.example|Größe'],
    [3, 'c@d.example|😀'],
  ];

  it.each([1, 2, 3, 5, 1000])('is detected from the byte order mark for any chunk size (%i bytes)', async (size) => {
    for (const file of [utf16(text), utf16(text, true), Buffer.from(`\ufeff${text}`), Buffer.from(text)]) {
      expect(await read(file, { size })).toEqual(rows);
      expect(
        await read(file.subarray(0, 2).equals(Buffer.from('em')) ? utf16(text) : file, { size, charset: 'latin1' }),
      ).toEqual(rows);
    }
  });

  it.each<[string, number[], string]>([
    ['windows-1252', [0x80, 0xe9], '€é'],
    ['ISO-8859-1', [0xdf, 0xe9], 'ßé'],
    ['ISO-8859-15', [0xa4, 0xe9], '€é'],
    ['ISO-8859-2', [0xb1, 0xb3], 'ął'],
    ['windows-1251', [0xc0, 0xe0], 'Аа'],
    ['Shift_JIS', [0x83, 0x65, 0x83, 0x58], 'テス'],
    ['gb18030', [0xb0, 0xa1, 0x41], '啊A'],
    ['macintosh', [0x8e, 0x41], 'éA'],
    ['us-ascii', [0x41, 0x62], 'Ab'],
    ['UTF-8', [0xc3, 0xa9, 0x41], 'éA'],
  ])('can be declared: %s', async (charset, bytes, name) => {
    const file = Buffer.concat([Buffer.from('email,name\na@b.example,'), Buffer.from(bytes), Buffer.from('\n')]);
    for (const size of [1, 3]) expect(await read(file, { charset, size })).toEqual([[2, `a@b.example|${name}`]]);
  });

  it('can be declared for UTF-16 without a byte order mark', async () => {
    expect(await read(utf16(text).subarray(2), { charset: 'utf-16le' })).toEqual(rows);
    expect(await read(utf16(text, true).subarray(2), { charset: 'UTF-16BE' })).toEqual(rows);
  });

  it('causes an error only for rows with invalid bytes', async () => {
    const latin1 = Buffer.from('email,name\nx@y.example,\xe9\na@b.example,Ann\n', 'latin1');
    expect(await read(latin1)).toEqual(wrong('UTF-8'));
    expect(await read(latin1, { charset: 'ascii' })).toEqual(wrong('UTF-8'));
    expect(await read(utf16('email,name\nx@y.example,\ud800\na@b.example,Ann\n'))).toEqual(wrong('UTF-16LE'));
    expect(
      await read(Buffer.from('email,name\nx@y.example,\x81 \na@b.example,Ann\n', 'latin1'), { charset: 'shift_jis' }),
    ).toEqual(wrong('SHIFT_JIS'));
    expect(await read(Buffer.concat([utf16('email,name\na@b.example,Ann'), Buffer.from([0x41])]))).toEqual([
      [2, 'Value error, The row is not valid UTF-16LE'],
    ]);
    expect(await read(Buffer.from('\xe9mail,name\n', 'latin1'))).toBe('The header is not valid UTF-8');
  });

  it.each(['utf-7', 'utf-32', 'cp437', 'x', '../../etc/passwd', 'a'.repeat(1000)])(
    'is refused with 415 if it is not supported: %s',
    (charset) => {
      expect(() => new TextFile(inPieces(Buffer.from(''), 1), charset)).toThrow(
        expect.objectContaining({ status: 415, message: `The charset ${charset.slice(0, 40)} is not supported` }),
      );
    },
  );

  it.each([
    ['text/csv; charset=utf-8', 'utf-8'],
    ['text/csv;charset="windows-1252"', 'windows-1252'],
    ['text/csv; header=present; Charset = latin1 ; x=y', 'latin1'],
    ['text/csv', undefined],
    ['text/csv; charset=', undefined],
    [undefined, undefined],
  ])('of the content type %j is %j', (type, expected) => {
    expect(declaredCharset(type)).toBe(expected);
  });

  it('is also detected for lines of JSON', async () => {
    const json = '{"email":"a@b.example","name":"Größe"}\n{"email":"c@d.example","name":"😀"}\n';
    const found = [
      [1, 'a@b.example|Größe'],
      [2, 'c@d.example|😀'],
    ];
    for (const file of [utf16(json), utf16(json, true), Buffer.from(json)])
      expect(await read(file, { json: true })).toEqual(found);
  });
});

describe('a file that is not CSV', () => {
  it.each<[string, Buffer, RegExp]>([
    ['gzip', hex('1f8b 0800'), /^This is gzip/],
    ['a workbook (.xlsx)', hex('504b 0304 1400'), /^This is a ZIP file, or a spreadsheet \(\.xlsx, \.ods\)/],
    ['an old workbook (.xls)', hex('d0cf11e0 a1b11ae1'), /^This is an Excel spreadsheet/],
    ['PDF', Buffer.from('%PDF-1.7\n'), /^This is PDF/],
    ['bzip2', Buffer.from('BZh91AY&SY'), /^This is bzip2/],
    ['xz', hex('fd377a585a00'), /^This is xz/],
    ['Zstandard', hex('28b52ffd'), /^This is Zstandard/],
    ['7-Zip', hex('377abcaf271c'), /^This is 7-Zip/],
    ['an empty ZIP file', hex('504b0506 0000'), /^This is a ZIP file/],
    ['RAR', Buffer.from('Rar!\x1a\x07\x01\x00'), /^This is RAR/],
    ['RTF', Buffer.from('{\\rtf1\\ansi email,name}'), /^This is RTF/],
    ['an SQLite database', Buffer.from('SQLite format 3\0'), /^This is an SQLite database/],
    ['Parquet', Buffer.from('PAR1\x15\x04\x15\x10'), /^This is Parquet/],
    ['UTF-32, little-endian', hex('fffe0000 65000000'), /^This is UTF-32/],
    ['UTF-32, big-endian', hex('0000feff 00000065'), /^This is UTF-32/],
    ['UTF-16LE without a mark', utf16('email,name\n').subarray(2), /^This is UTF-16 without a byte order mark/],
    ['UTF-16BE without a mark', utf16('email,name\n', true).subarray(2), /^This is UTF-16 without a byte order mark/],
    ['a JSON list', Buffer.from('[{"email":"a@b.example"}]'), /^This is JSON/],
    ['a JSON object', Buffer.from('{\n"email": "a@b.example"}'), /^This is JSON/],
    ['HTML', Buffer.from('<html><table>'), /^This is HTML or XML/],
    ['XML', Buffer.from('\ufeff<?xml version="1.0"?>'), /^This is HTML or XML/],
    ['an empty file', Buffer.from(''), /^The file is empty$/],
    ['only a byte order mark', Buffer.from([0xff, 0xfe]), /^The file is empty$/],
    ['only separators', Buffer.from(',,\n;;\n'), /^The file is empty$/],
    ['only a sep= line', Buffer.from('sep=;'), /^The file is empty$/],
  ])('is refused with a message that describes it: %s', async (_, file, expected) => {
    for (const size of [1, 1000]) expect(await read(file, { size })).toMatch(expected);
  });

  it('is also refused if lines of JSON are expected', async () => {
    expect(await read(hex('1f8b 0800'), { json: true })).toMatch(/^This is gzip/);
  });
});

it('any bytes are read or refused with the same result for any chunk size', async () => {
  const charset = fc.constantFrom(undefined, 'latin1', 'utf-16le', 'shift_jis');
  const start = fc.constantFrom('', 'email,name\n', 'email;name\n', '\ufeffemail\tname\n', 'sep=,\n');
  await fc.assert(
    fc.asyncProperty(
      start,
      fc.uint8Array({ maxLength: 60 }),
      charset,
      fc.integer({ min: 1, max: 9 }),
      async (head, bytes, given, size) => {
        const file = Buffer.concat([Buffer.from(head), bytes]);
        const options = given === undefined ? {} : { charset: given };
        expect(await read(file, { ...options, size })).toEqual(await read(file, { ...options, size: 1000 }));
      },
    ),
  );
});
