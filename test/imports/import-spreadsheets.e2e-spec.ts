import { randomUUID } from 'node:crypto';
import { deflateSync, gzipSync } from 'node:zlib';
import { query } from '../support/database.js';
import { CSV, importedBy, lines, NDJSON } from '../support/imports.js';
import { world, type Actor } from '../support/world.js';

let admin: Actor;

beforeAll(async () => {
  ({ admin } = await world());
});

const imported = (body: string | Buffer, type = CSV) => importedBy(admin, body, { type });
const nameOf = async (email: string) =>
  (await query<{ name: string }>('select name from users where email = $1', [email]))[0]?.name;
const utf16 = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le');
const latin1 = (text: string) => Buffer.from(text, 'latin1');

describe('an import file from a spreadsheet', () => {
  it.each<[string, string, (email: string) => string | Buffer]>([
    ['empty columns', CSV, (email) => lines('email,name,,', `${email},Größe,,`, ',,,')],
    ['semicolons and capital letters in the header', CSV, (email) => lines('Email;Name;ROLE', `${email};Größe;`, ';;')],
    ['tabs in UTF-16', CSV, (email) => utf16(lines('Email\tName', `${email}\tGröße`, '\t'))],
    ['a declared charset', `${CSV}; charset=windows-1252`, (email) => latin1(lines('email;name', `${email};Größe`))],
    [
      'the charset utf-16-le',
      `${CSV}; charset=utf-16-le`,
      (email) => utf16(lines('email,name', `${email},Größe`)).subarray(2),
    ],
    ['a charset in quotes', `${CSV};Charset="ISO-8859-1"`, (email) => latin1(lines('email,name', `${email},Größe`))],
    ['a sep= line for Excel', CSV, (email) => lines('sep=;', 'email;name', `${email};Größe`)],
    ['NDJSON objects in UTF-16', NDJSON, (email) => utf16(lines(JSON.stringify({ email, name: 'Größe' })))],
  ])('with %s is imported, and its empty rows are ignored', async (_, type, write) => {
    const email = `${randomUUID()}@example.com`;
    const { status, body } = await imported(write(email), type);
    expect([status, body]).toMatchObject([200, { rows: 1, created: 1, refused: 0, refusals: [] }]);
    expect(await nameOf(email)).toBe('Größe');
  });

  it('with empty rows gets the same report again for the same import id', async () => {
    const [import_id, email] = [randomUUID(), `${randomUUID()}@example.com`];
    const file = lines('email;name', ';', `${email};Ida`, ';;;');
    const options = { query: { import_id } };
    const first = await importedBy(admin, file, options);
    expect(first.body).toMatchObject({ rows: 1, created: 1 });
    expect((await importedBy(admin, file, options)).text).toBe(first.text);
  });
});

describe('an import file in an unsupported format', () => {
  it.each<[Buffer, RegExp]>([
    [gzipSync(lines('email,name', 'a@example.com,Ida')), /^Value error, This is gzip/],
    [utf16('email,name\n').subarray(2), /^Value error, This is UTF-16 without/],
    [Buffer.from('65000000616d0000', 'hex').subarray(0, 4), /^Value error, This is UTF-32/],
    [deflateSync(lines('email,name', 'a@example.com,Ida')), /^Value error, This is zlib/],
    [Buffer.from('504b03041400', 'hex'), /^Value error, This is a ZIP file/],
    [Buffer.from('89504e470d0a1a0a', 'hex'), /^Value error, This is a PNG image/],
    [Buffer.from('ffd8ffe000104a46', 'hex'), /^Value error, This is a JPEG image/],
    [Buffer.from('GIF89a;;;'), /^Value error, This is a GIF image/],
    [Buffer.from('{\\rtf1\\ansi email,name}'), /^Value error, This is RTF/],
    [Buffer.from('[{"email":"a@example.com","name":"Ida"}]'), /^Value error, This is JSON/],
    [Buffer.from('\xe9mail,name\n', 'latin1'), /^Value error, The header is not valid UTF-8$/],
  ])('is refused with the name of its format', async (file, message) => {
    const { status, body } = await imported(file);
    expect([status, body.detail]).toMatchObject([422, [{ loc: ['body', 1], msg: expect.stringMatching(message) }]]);
  });

  it.each(['utf-7', 'utf-32', 'utf-16-me', 'cp437', 'x'])('is refused with the charset %s', async (charset) => {
    const answer = await imported(lines('email,name'), `${CSV}; charset=${charset}`);
    expect([answer.status, answer.body]).toEqual([415, { detail: `The charset ${charset} is not supported` }]);
  });
});
