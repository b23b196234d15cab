import { json, scripted } from './scripted-fetch.js';
import { thrownBy } from './thrown-by.js';

const NEXT = {
  Link: '<https://evil.example/api/v1/posts?limit=2>; rel="first", <https://evil.example/x?after=2>; rel="next"',
};
const PAGES = [json(200, [{ id: 1 }, { id: 2 }], NEXT), json(200, []), json(200, [{ id: 3 }])];

it('a list goes on with the query of its next link, at the same host and path', async () => {
  const { client, requests } = scripted(PAGES, {}, { accessToken: 'secret' });
  const read: number[] = [];
  for await (const { id } of client.posts.list()) read.push(id);
  expect(read).toEqual([1, 2]);
  expect(requests.map(({ url }) => url.replace('http://api.example/prefix/api/v1', ''))).toEqual([
    '/posts?limit=100',
    '/posts?after=2',
  ]);
});

it('a list ends at the next row after its signal is aborted', async () => {
  const reason = new Error('The page was left');
  for (const pages of [PAGES, [json(200, [{ id: 1 }, { id: 2 }])]]) {
    const { client, requests } = scripted(pages);
    const controller = new AbortController();
    const read: number[] = [];
    const reading = async () => {
      for await (const { id } of client.posts.list({}, { signal: controller.signal })) {
        read.push(id);
        controller.abort(reason);
      }
    };
    expect(await thrownBy(reading())).toBe(reason);
    expect([read, requests.length]).toEqual([[1], 1]);
  }
});
