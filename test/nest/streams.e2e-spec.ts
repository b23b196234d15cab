import { eventually } from '../support/factories.js';
import { expectError, nestWith } from './client.js';

describe('streamed responses', () => {
  const nest = nestWith<string[]>('streams/streams');
  const of = async (path: string) => {
    const { status, headers, text, body } = await nest.get(path);
    const bytes = body instanceof Uint8Array ? Buffer.from(body).toString() : text;
    return { status, headers, text: bytes };
  };

  it('send the bytes of a StreamableFile as application/octet-stream by default', async () => {
    expect(await of('/files/buffer')).toMatchObject({
      status: 200,
      headers: { 'content-type': 'application/octet-stream' },
      text: 'bytes',
    });
  });

  it('send a StreamableFile with the headers of @Header()', async () => {
    const { headers, text } = await of('/files/stream');
    expect(headers).toMatchObject({
      'content-type': expect.stringMatching(/^text\/plain/),
      'content-disposition': 'attachment; filename="here.txt"',
    });
    expect(text).toContain('StreamableFile(createReadStream(HERE))');
  });

  it('send a StreamableFile with the headers of its options or of the response', async () => {
    expect((await of('/files/options')).headers).toMatchObject({
      'content-type': 'application/json',
      'content-disposition': 'attachment; filename="a.json"',
      'content-length': '2',
    });
    const { headers, text } = await of('/files/passthrough');
    expect([headers['content-type'], headers['x-own'], text]).toEqual(['text/css; charset=utf-8', 'yes', 'a{}']);
  });

  it('can be returned asynchronously and changed by interceptors', async () => {
    expect((await of('/files/later')).text).toBe('later');
    const { headers, text } = await of('/files/intercepted');
    expect([headers['content-type'], text]).toEqual(['text/shout', 'LOUD']);
  });

  it('result in an error or call the error handler if the file cannot be read', async () => {
    expect((await of('/files/absent')).status).toBeGreaterThanOrEqual(400);
    expect(await of('/files/handled')).toMatchObject({ status: 410, text: 'gone' });
    expectError(await nest.get('/files/missing/7'), 404, 'No file 7');
  });

  it('can be sent with pipe() and sendFile() of Express', async () => {
    expect((await of('/files/piped')).text).toContain('class FilesController');
    const sent = await of('/files/sent');
    expect(sent.text).toContain('class FilesController');
    const part = await nest.get('/files/sent').set('Range', 'bytes=0-5');
    expect([part.status, part.headers['content-range']]).toEqual([206, expect.stringMatching(/^bytes 0-5\//)]);
  });

  it('can be a generator, a web stream or a Response', async () => {
    expect((await of('/generated/parts')).text).toBe('one two');
    const { status, headers, text } = await of('/generated/response');
    expect([status, headers['x-own'], text]).toEqual([206, 'yes', 'of the web']);
    expect((await of('/generated/web-stream')).text).toBe('{"web":true}');
  });

  it('stop their source if the client disconnects', async () => {
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

  it('sends each event and closes after the last event', async () => {
    const { answer, events } = await eventsOf('ticks?count=2');
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toMatch(/^text\/event-stream/);
    expect(answer.headers['cache-control']).toContain('no-store');
    expect(events).toEqual(['id: 1\ndata: {"tick":0}', 'id: 2\ndata: {"tick":1}']);
  });

  it('sends strings, objects, ids, types and retry times', async () => {
    const { events } = await eventsOf('kinds');
    expect(events).toEqual([
      'id: 1\ndata: a text',
      'event: named\nid: 7\nretry: 1000\ndata: {"a":1}',
      expect.stringMatching(/data: two\ndata: lines$/),
    ]);
  });

  it('can return a promise, and can fail before the stream starts', async () => {
    expect((await eventsOf('promised/cat')).events).toEqual(['id: 1\ndata: cat']);
    expectError(await nest.get('/events/promised/unknown'), 404, 'No such stream');
    expectError(await nest.get('/events/guarded'), 403, 'Forbidden resource');
  });

  it('can handle POST', async () => {
    const { text } = await nest
      .post('/events/posted')
      .send({ names: ['a', 'b'] })
      .buffer(true);
    expect(text.trim().split('\n\n')).toEqual(['id: 1\ndata: a', 'id: 2\ndata: b']);
  });

  it('sends an error event if the Observable fails', async () => {
    const { events } = await eventsOf('broken');
    expect(events[0]).toBe('id: 1\ndata: good');
    expect(events[1]).toMatch(/event: error/);
  });

  it('supports interceptors and @Header()', async () => {
    const { answer, events } = await eventsOf('intercepted');
    expect(answer.headers['x-own']).toBe('yes');
    expect(events).toEqual(['id: 1\ndata: seen one', 'id: 2\ndata: seen two']);
  });

  it('sends events immediately and stops if the client disconnects', async () => {
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
