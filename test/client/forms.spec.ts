import { json, scripted } from './scripted-fetch.js';

// Bodies and queries that Aerie itself does not have, but a feature that is built on it can.

const MULTIPART = { contentType: 'multipart/form-data' };

/** Returns the form that a client sends at its last attempt. */
async function sent(body: unknown): Promise<FormData> {
  const { client, requests } = scripted([json(429, {}), json(200, {})]);
  await client.send('importUsers', { body: body as string }, MULTIPART);
  expect(requests).toHaveLength(2);
  expect(requests[1]!.headers.get('Content-Type')).toMatch(/^multipart\/form-data; ?boundary=./);
  return requests[1]!.formData();
}

it('a file is sent as a part of a form, also by a retry', async () => {
  const file = new File(['meow'], 'cat.png', { type: 'image/png' });
  const form = await sent({ picture: file, title: 'Cat', tags: ['grey', 'small'], note: undefined, place: null });
  const picture = form.get('picture') as File;
  expect([picture.name, picture.type, await picture.text()]).toEqual(['cat.png', 'image/png', 'meow']);
  expect([form.get('title'), form.getAll('tags'), form.has('note'), form.has('place')]).toEqual([
    'Cat',
    ['grey', 'small'],
    false,
    false,
  ]);
});

it('values that are not set are left out of a list, too', async () => {
  const form = await sent({ tags: ['grey', null, undefined, ''] });
  expect(form.getAll('tags')).toEqual(['grey', '']);
});

it('a form can be filled by the caller', async () => {
  const given = new FormData();
  given.append('title', 'Cat');
  expect([...(await sent(given)).entries()]).toEqual([['title', 'Cat']]);
});

it('a list in a query repeats its name', async () => {
  const { client, requests } = scripted([json(200, [])]);
  const query = { search: ['a', null, 'b,c', undefined] as unknown as string };
  for await (const item of client.items.list(query)) expect(item).toBeUndefined();
  expect(new URL(requests[0]!.url).searchParams.getAll('search')).toEqual(['a', 'b,c']);
});
