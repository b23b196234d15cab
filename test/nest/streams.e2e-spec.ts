import { eventually } from '../support/factories.js';
import { expectError, nestWith } from './client.js';

describe('StreamableFile', () => {
  const nest = nestWith<string[]>('streams/streams');
  const of = async (path: string) => {
    const { status, headers, text, body } = await nest.get(path);
    const bytes = body instanceof Uint8Array ? Buffer.from(body).toString() : text;
    return { status, headers, text: bytes };
  };

  it('sends bytes, as a stream of bytes where nothing else is said', async () => {
    expect(await of('/files/buffer')).toMatchObject({
      status: 200,
      headers: { 'content-type': 'application/octet-stream' },
      text: 'bytes',
    });
  });

  it('sends a file as @Header() says', async () => {
    const { headers, text } = await of('/files/stream');
    expect(headers).toMatchObject({
      'content-type': expect.stringMatching(/^text\/plain/),
      'content-disposition': 'attachment; filename="here.txt"',
    });
    expect(text).toContain('StreamableFile(createReadStream(HERE))');
  });

  it('sends a file as its options say, or the response', async () => {
    expect((await of('/files/options')).headers).toMatchObject({
      'content-type': 'application/json',
      'content-disposition': 'attachment; filename="a.json"',
      'content-length': '2',
    });
    const { headers, text } = await of('/files/passthrough');
    expect([headers['content-type'], headers['x-own'], text]).toEqual(['text/css; charset=utf-8', 'yes', 'a{}']);
  });

  it('may come later and through interceptors', async () => {
    expect((await of('/files/later')).text).toBe('later');
    const { headers, text } = await of('/files/intercepted');
    expect([headers['content-type'], text]).toEqual(['text/shout', 'LOUD']);
  });

  it('that cannot be read is an error, or what its handler makes of it', async () => {
    expect((await of('/files/absent')).status).toBeGreaterThanOrEqual(400);
    expect(await of('/files/handled')).toMatchObject({ status: 410, text: 'gone' });
    expectError(await nest.get('/files/missing/7'), 404, 'No file 7');
  });

  it("is not the only way: Express' pipe and sendFile() go as well", async () => {
    expect((await of('/files/piped')).text).toContain('class FilesController');
    const sent = await of('/files/sent');
    expect(sent.text).toContain('class FilesController');
    const part = await nest.get('/files/sent').set('Range', 'bytes=0-5');
    expect([part.status, part.headers['content-range']]).toEqual([206, expect.stringMatching(/^bytes 0-5\//)]);
  });

  it('has kin: a generator, a stream of the web, a Response', async () => {
    expect((await of('/generated/parts')).text).toBe('one two');
    const { status, headers, text } = await of('/generated/response');
    expect([status, headers['x-own'], text]).toEqual([206, 'yes', 'of the web']);
    expect((await of('/generated/web-stream')).text).toBe('{"web":true}');
  });

  it('ends its source when the client leaves', async () => {
    const controller = new AbortController();
    const answer = await fetch(`${nest.url}/generated/endless`, { signal: controller.signal });
    await answer.body!.getReader().read();
    controller.abort();
    await eventually(() => Promise.resolve(nest.probe.includes('endless') ? true : undefined));
  });
});

describe('@Sse()', () => {
  const nest = nestWith<string[]>('streams/sse');
  const eventsOf = async (path: string) => {
    const answer = await nest.get(`/events/${path}`).buffer(true);
    const { text } = answer;
    const found = text.split('\n\n').map((event) => event.trim());
    return { answer, events: found.filter((event) => event !== '') };
  };

  it('sends each event, and ends when there are no more', async () => {
    const { answer, events } = await eventsOf('ticks?count=2');
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toMatch(/^text\/event-stream/);
    expect(answer.headers['cache-control']).toContain('no-store');
    expect(events).toEqual(['id: 1\ndata: {"tick":0}', 'id: 2\ndata: {"tick":1}']);
  });

  it('sends texts, objects, ids, types and retries', async () => {
    const { events } = await eventsOf('kinds');
    expect(events).toEqual([
      'id: 1\ndata: a text',
      'event: named\nid: 7\nretry: 1000\ndata: {"a":1}',
      expect.stringMatching(/data: two\ndata: lines$/),
    ]);
  });

  it('may be promised, and refused before it begins', async () => {
    expect((await eventsOf('promised/cat')).events).toEqual(['id: 1\ndata: cat']);
    expectError(await nest.get('/events/promised/unknown'), 404, 'No such stream');
    expectError(await nest.get('/events/guarded'), 403, 'Forbidden resource');
  });

  it('may be asked by a POST', async () => {
    const { text } = await nest
      .post('/events/posted')
      .send({ names: ['a', 'b'] })
      .buffer(true);
    expect(text.trim().split('\n\n')).toEqual(['id: 1\ndata: a', 'id: 2\ndata: b']);
  });

  it('ends with an event of what broke it', async () => {
    const { events } = await eventsOf('broken');
    expect(events[0]).toBe('id: 1\ndata: good');
    expect(events[1]).toMatch(/event: error/);
  });

  it('passes through interceptors, and takes headers', async () => {
    const { answer, events } = await eventsOf('intercepted');
    expect(answer.headers['x-own']).toBe('yes');
    expect(events).toEqual(['id: 1\ndata: seen one', 'id: 2\ndata: seen two']);
  });

  it('comes as it goes, and ends when the client leaves', async () => {
    const controller = new AbortController();
    const answer = await fetch(`${nest.url}/events/endless`, { signal: controller.signal });
    let seen = '';
    for (const reader = answer.body!.getReader(); !seen.includes('data: 0');)
      seen += Buffer.from((await reader.read()).value ?? []).toString();
    controller.abort();
    await eventually(() => Promise.resolve(nest.probe.includes('ended') ? true : undefined));
    expect(nest.probe).toContain('aborted');
  });
});
