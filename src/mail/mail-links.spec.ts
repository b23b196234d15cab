import { readConfig } from '../config/config.js';
import { pageUrl, publicUrl } from './mail-links.js';

const configOf = (env: Record<string, string>) => readConfig(env);

describe('a link in a mail', () => {
  it.each([
    [
      'the front end',
      { APP_URL: 'https://app.example/shop/', PUBLIC_URL: 'https://api.example' },
      'https://app.example/shop',
    ],
    ['the public URL', { PUBLIC_URL: 'https://api.example/v1/' }, 'https://api.example/v1'],
    ['the address that Aerie listens on', { PORT: '8123' }, 'http://127.0.0.1:8123'],
    ['localhost if Aerie listens on all IPv4 addresses', { HOST: '0.0.0.0' }, 'http://localhost:8000'],
    ['localhost if Aerie listens on all IPv6 addresses', { HOST: '::' }, 'http://localhost:8000'],
  ])('leads to %s', (_, env, base) => {
    expect(pageUrl(configOf(env), 'reset-password')).toBe(`${base}/reset-password`);
  });

  it('to a page of Aerie uses PUBLIC_URL, even if APP_URL is set', () => {
    expect(publicUrl(configOf({ APP_URL: 'https://app.example', PUBLIC_URL: 'https://api.example' }))).toBe(
      'https://api.example',
    );
  });
});
