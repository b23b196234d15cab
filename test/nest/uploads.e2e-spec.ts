import { expectError, expectInvalid, nestWith } from './client.js';

const nest = nestWith('uploads/uploads');
const post = (path: string) => nest.post(`/uploads/${path}`);
const text = (content: string) => Buffer.from(content);

function upload(path: string, ...names: string[]) {
  const request = post(path);
  for (const name of names) void request.attach(name, text(name), `${name}.txt`);
  return request;
}

describe('FileInterceptor', () => {
  it('provides the file and the other fields of the form', async () => {
    const { status, body } = await post('one').field('caption', 'A cat').attach('file', text('meow'), 'cat.txt');
    expect([status, body]).toEqual([
      201,
      {
        file: { fieldname: 'file', originalname: 'cat.txt', mimetype: 'text/plain', size: 4, text: 'meow' },
        body: { caption: 'A cat' },
      },
    ]);
  });

  it('provides no file if the request has none', async () => {
    expect((await post('one').field('caption', 'no file')).body).toEqual({ file: null, body: { caption: 'no file' } });
    expect((await post('one').send({ caption: 'JSON' })).body).toEqual({ file: null, body: { caption: 'JSON' } });
  });

  it('rejects files in other fields', async () => {
    expectError(await post('one').attach('other', text('meow'), 'cat.txt'), 400, /Unexpected (?:file )?field/);
  });

  it('rejects files over the size limit', async () => {
    expectError(await post('limited').attach('file', text('too long'), 'a.txt'), 413, 'File too large');
    expect((await post('limited').attach('file', text('abc'), 'a.txt')).status).toBe(201);
  });

  it('allows a class to validate the fields of the form', async () => {
    const { body } = await post('captioned').field('caption', 'A cat').attach('file', text('meow'), 'cat.txt');
    expect(body).toEqual({ file: 'cat.txt', caption: 'A cat' });
    if (!nestStock)
      expectInvalid(await post('captioned').field('caption', 'A').attach('file', text('x'), 'x'), 'caption');
  });

  it('stores files in a folder', async () => {
    expect((await post('stored').attach('file', text('kept'), 'a.txt')).body).toEqual({ text: 'kept' });
  });

  it('rejects a malformed form', async () => {
    const { status } = await post('one').set('Content-Type', 'multipart/form-data').send('no boundary');
    expect(status).toBe(400);
  });
});

describe('other upload interceptors', () => {
  it('FilesInterceptor provides the files of one field, up to its limit', async () => {
    expect((await upload('list', 'files', 'files')).body).toMatchObject([{ text: 'files' }, { text: 'files' }]);
    expectError(await upload('list', 'files', 'files', 'files'), 400, /Unexpected (?:file )?field/);
  });

  it('FileFieldsInterceptor provides the files of several fields, up to their limits', async () => {
    const { body } = await upload('fields', 'avatar', 'background', 'background');
    expect(body).toMatchObject({ avatar: [{ text: 'avatar' }], background: [{}, {}] });
    expectError(await upload('fields', 'avatar', 'avatar'), 400, /Unexpected (?:file )?field/);
  });

  it('AnyFilesInterceptor provides the files of all fields', async () => {
    expect((await upload('any', 'a', 'b')).body).toEqual(['a', 'b']);
  });

  it('AnyFilesInterceptor applies the limits of MulterModule', async () => {
    expectError(await upload('any', 'a', 'b', 'c', 'd'), 400, /Too many files/);
  });

  it('NoFilesInterceptor provides the fields and rejects files', async () => {
    expect((await post('none').field('name', 'cat')).body).toEqual({ name: 'cat' });
    expectError(await upload('none', 'a'), 400, /Unexpected (?:file )?field/);
  });
});

describe('ParseFilePipe', () => {
  it('accepts a file that its validators accept', async () => {
    expect((await post('parsed').attach('file', text('short'), 'a.txt')).body).toMatchObject({ text: 'short' });
  });

  it('rejects a file that is too large or of another type, and a missing file', async () => {
    expectError(await post('parsed').attach('file', text('much too long'), 'a.txt'), 400, /expected size is less/);
    expectError(await post('parsed').attach('file', text('{}'), 'a.json'), 400, /expected type is text\/plain/);
    expectError(await post('parsed').field('none', ''), 400, 'File is required');
  });

  it('supports a custom status, a custom message and an optional file', async () => {
    expectError(await post('built').attach('file', text('four'), 'a.txt'), 422, 'At most three bytes');
    expect((await post('built').field('none', '')).body).toEqual({ file: null });
  });
});

const KEY = 'Idempotency-Key';
const parametersOf = (path: string) =>
  (nest.document.paths[path]?.post?.parameters ?? []).map((one) => 'name' in one && one.name);
const send = (path: string) => nest.post(path).set(KEY, 'the-same').field('title', 'A cat');

describe('a documented upload', () => {
  it.each(['uploads/file', 'uploads/titled', 'uploads/fields', 'uploads/consumed', 'upload-controllers'])(
    'ignores idempotency keys, because the same form has another boundary when sent again: %s',
    async (name) => {
      const path = `/documented-${name}`;
      const request = () =>
        /fields|consumed/.test(name) ? send(path) : send(path).attach('file', text('meow'), 'cat.txt');
      const answers = [await request(), await request()];
      expect(answers.map(({ status }) => status)).toEqual([201, 201]);
      const [first, second] = answers.map(({ body }) => (body as { call: number }).call);
      expect(second).toBe(first! + 1);
      if (!nestStock) expect(parametersOf(path)).not.toContain(KEY);
    },
  );

  it('validates its fields regardless of the idempotency key', async () => {
    const long = nest.post('/documented-uploads/titled').set(KEY, 'k').field('title', 'x'.repeat(21));
    if (!nestStock) expectInvalid(await long.attach('file', text('meow'), 'cat.txt'), 'title');
  });

  it('does not affect idempotency keys of other routes in its controller', async () => {
    if (nestStock) return;
    expect(parametersOf('/documented-uploads/json')).toContain(KEY);
    const request = () => nest.post('/documented-uploads/json').set(KEY, 'json').send({ title: 'A cat' });
    expect((await request()).body).toEqual((await request()).body);
  });
});
