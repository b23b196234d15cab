import { json, scripted } from './scripted-fetch.js';
import { thrownBy } from './thrown-by.js';

const TOKENS = json(200, { access_token: 'a', refresh_token: 'r', expires_in: 900, token_type: 'bearer' });

it.each([
  ['http://api.example', '/auth/token'],
  ['http://api.example/', '/auth/token'],
  ['http://api.example//', '/auth/token'],
  ['http://api.example/prefix', '/prefix/auth/token'],
  ['http://api.example/prefix//', '/prefix/auth/token'],
  ['http://api.example//prefix/?a=b#c', '//prefix/auth/token'],
])('a password is sent only to the host of the base URL: %s', async (baseUrl, path) => {
  const { client, requests } = scripted([TOKENS], {}, { baseUrl });
  await client.auth.signIn({ username: 'ann@example.com', password: 'Password1' });
  expect(requests.map(({ url }) => url)).toEqual([`http://api.example${path}`]);
});

it.each(['', '.', '..', undefined])('an id never leads to another operation: %j', async (id) => {
  const { client, requests } = scripted([json(200, {})]);
  expect(await thrownBy(client.jobs.get(id!))).toBeInstanceOf(TypeError);
  expect(await thrownBy(client.send('cancelJob', { path: { job_id: id! } }))).toBeInstanceOf(TypeError);
  expect(requests).toEqual([]);
});
