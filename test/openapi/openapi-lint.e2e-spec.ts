import { Validator } from '@seriousme/openapi-schema-validator';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** Rules for features that Aerie lacks or implements differently. The document must not claim to have them. */
const OFF = {
  'owasp:api1:2023-no-numeric-ids': 'ids are numbers; what makes them safe is that a foreign row is a missing one',
  'owasp:api4:2023-rate-limit': 'only what takes credentials is limited per address',
  'owasp:api4:2023-rate-limit-responses-429': 'only what takes credentials is limited',
  'owasp:api8:2023-define-error-responses-500': 'a failure is nothing to rely on',
  'owasp:api8:2023-define-cors-origin': 'which origins may call is configuration; the header is there for those only',
  'owasp:api2:2023-read-restricted': 'the catalogue and the posts are public',
  'owasp:api8:2023-define-error-responses-401': 'public operations refuse nobody',
  'owasp:api8:2023-define-error-validation': 'operations that take nothing have nothing to refuse',
  'owasp:api4:2023-string-restricted': 'names and texts are free; what has a form says so',
  'info-license': 'a company uses it for itself',
  'license-url': 'a company uses it for itself',
  'contact-properties': 'who answers for it is known to the company that runs it',
  'openapi-tags-alphabetical': 'tags come in the order in which one meets them',
};

/** Intended exceptions. The rules still apply everywhere else. */
const MEANT = [
  'owasp:api2:2023-write-restricted /users post', // signing up
  'owasp:api2:2023-write-restricted /users/preview post', // writes nothing
  'owasp:api2:2023-write-restricted /auth/token post', // signing in
  'owasp:api2:2023-write-restricted /auth/refresh post', // the refresh token is the credential
  'owasp:api2:2023-write-restricted /auth/password/forgot post', // a user who has forgotten the password has no token
  'owasp:api2:2023-write-restricted /auth/password/reset post', // the token from the mail is the credential
  'owasp:api2:2023-write-restricted /auth/email/verify post', // the token from the mail is the credential
  'owasp:api2:2023-no-credentials-in-url /auth/access-tokens/{token_id} delete parameters 0 name', // its id
  'owasp:api4:2023-string-limit /export get responses 200 content text/csv schema', // a stream has no maximum length
  'owasp:api4:2023-string-limit /exports/{export_id}/file get responses 200 content text/csv schema',
  'owasp:api4:2023-string-limit /exports/{export_id}/file get responses 200 content application/x-ndjson schema',
  'owasp:api4:2023-string-limit /exports/{export_id}/file get responses 206 content text/csv schema',
  'owasp:api4:2023-string-limit /exports/{export_id}/file get responses 206 content application/x-ndjson schema',
];

/** `npm run tools` installs Spectral with the other tools. */
const TOOLS = join(process.cwd(), 'tools/package.json');
const hasSpectral = existsSync(join(process.cwd(), 'tools/node_modules/@stoplight/spectral-core'));
if (!hasSpectral) console.warn('SKIPPED: "npm run tools" was not run, so the document is not linted by Spectral');

interface Spectral {
  setRuleset(rules: object): void;
  run(document: string): Promise<{ code: string | number; path: (string | number)[]; message: string }[]>;
}

async function findings(): Promise<string[]> {
  const tool = createRequire(TOOLS);
  const { Spectral } = tool('@stoplight/spectral-core') as { Spectral: new () => Spectral };
  const { oas } = tool('@stoplight/spectral-rulesets') as { oas: object };
  const owasp = tool('@stoplight/spectral-owasp-ruleset') as object;
  const spectral = new Spectral();
  const rules = Object.fromEntries(Object.keys(OFF).map((name) => [name, 'off' as const]));
  spectral.setRuleset({
    extends: [
      [oas, 'all'],
      [owasp, 'all'],
    ],
    rules,
  });
  const results = await spectral.run(openapi);
  return results.map(({ code, path, message }) => {
    const place = path[0] === 'paths' ? path.slice(1) : path;
    const known = `${String(code)} ${place.join(' ')}`;
    return MEANT.includes(known) ? known : `${known}: ${message}`;
  });
}

it('the document is valid OpenAPI 3.1', async () => {
  expect(await new Validator().validate(JSON.parse(openapi) as never)).toEqual({ valid: true });
});

(hasSpectral ? it : it.skip)(
  'the document has no Spectral or OWASP findings, warnings included, except the intended ones',
  async () => {
    expect((await findings()).toSorted()).toEqual(MEANT.toSorted());
  },
);
