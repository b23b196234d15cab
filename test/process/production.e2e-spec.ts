import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';
import { aCertificate } from './certificate.js';
import { ownDatabase } from '../support/own-database.js';
import { aerie, aFolder } from '../support/processes.js';

const production = (env: Record<string, string>) =>
  aerie({ DATA_DIR: aFolder(), NODE_ENV: 'production', HOST: '127.0.0.1', ...env });

it('production does not start with an insecure configuration, and reports all errors at once without secret values', async () => {
  const app = production({
    JWT_SECRET: 'hush-hush-changethis',
    JWT_RETIRED_SECRETS: 'hush-hush-changethis',
    CORS_ORIGINS: '*',
    DATABASE_URL: 'postgres://postgres:postgres@db.internal/aerie?sslmode=disable',
    SMTP_URL: 'smtp://hush:hush@mail',
    SMTP_URL_FILE: '/run/secrets/smtp',
    WORKERS: '2',
  });
  expect(await app.ended).toBe(1);
  expect(app.output.split('\n')).toEqual([
    'The configuration has 9 errors:',
    '  - SMTP_URL_FILE and SMTP_URL are both set: remove one',
    '  - CORS_ORIGINS must list each origin: * would allow all of them',
    '  - JWT_SECRET must have at least 32 bytes',
    '  - JWT_SECRET is too easy to guess: make one with "openssl rand -base64 48"',
    '  - JWT_RETIRED_SECRETS: each must have at least 32 bytes',
    '  - JWT_RETIRED_SECRETS is too easy to guess: make one with "openssl rand -base64 48"',
    '  - JWT_RETIRED_SECRETS must not contain JWT_SECRET itself',
    '  - DATABASE_URL has a well-known password: choose another',
    '  - DATABASE_URL turns off TLS or its checks for another machine: remove sslmode, or set DATABASE_TLS',
    '',
  ]);
  expect(app.output).not.toMatch(/hush|postgres:postgres/);
});

it('production ignores the variables of a Kubernetes service named aerie, and warns once about another unknown variable', async () => {
  const app = production({
    JWT_SECRET: randomBytes(32).toString('base64'),
    DATABASE_URL: (await ownDatabase({ empty: true })).url,
    AERIE_SERVICE_HOST: '10.96.12.7',
    AERIE_PORT: 'tcp://10.96.12.7:8000',
    AERIE_PORT_8000_TCP_ADDR: '10.96.12.7',
    APP_PORT: '9000',
    WORKERS: '2',
  });
  expect((await fetch(`${await app.address()}/health/ready`)).status).toBe(200);
  expect(app.output.match(/^WARNING.*/gm)).toEqual([
    'WARNING: APP_PORT is not an Aerie variable and is ignored: PORT is set',
  ]);
  app.signal('SIGTERM');
  expect(await app.ended).toBe(0);
});

describe('TLS to the database', () => {
  const folder = aFolder();
  const { key, cert } = aCertificate('localhost');
  const JWT_SECRET = randomBytes(32).toString('base64');
  const first: string[] = [];
  let server: Server;
  let url: URL;

  beforeAll(async () => {
    writeFileSync(join(folder, 'ca.pem'), cert);
    const database = new URL((await ownDatabase({ empty: true })).url);
    server = await tlsInFrontOf(database, { key, cert }, first);
    url = new URL(database);
    url.host = `localhost:${(server.address() as AddressInfo).port}`;
    url.search = '';
  });

  beforeEach(() => {
    first.length = 0;
  });

  afterAll(() => server.close());

  const withCertificate = () => `${url.href}?sslrootcert=${join(folder, 'ca.pem')}`;

  it('is used by every connection: preparation, migrations, queue, requests', async () => {
    const app = production({ JWT_SECRET, DATABASE_URL: withCertificate(), DATABASE_TLS: 'verify-full' });
    const api = await app.address();
    expect((await fetch(`${api}/items`)).status).toBe(200);
    expect((await fetch(`${api}/health/ready`)).status).toBe(200);
    app.signal('SIGTERM');
    expect(await app.ended).toBe(0);
    expect(first.length).toBeGreaterThan(4);
    expect(new Set(first)).toEqual(new Set(['TLS']));
  });

  it('fails for a server whose certificate is not trusted', async () => {
    const app = production({ JWT_SECRET, DATABASE_URL: url.href, DATABASE_TLS: 'verify-full' });
    expect(await app.ended).toBe(1);
    expect(app.output).toMatch(/^The database \S+ on localhost:\d+ cannot be reached: self-signed certificate\b/);
  });

  it('fails for a server whose name does not match the certificate', async () => {
    const elsewhere = withCertificate().replace('localhost', '127.0.0.1');
    const app = production({ JWT_SECRET, DATABASE_URL: elsewhere, DATABASE_TLS: 'verify-full' });
    expect(await app.ended).toBe(1);
    expect(app.output).toContain("cannot be reached: Hostname/IP does not match certificate's altnames");
  });

  it('does not check the certificate with DATABASE_TLS=require', async () => {
    const app = production({ JWT_SECRET, DATABASE_URL: url.href, DATABASE_TLS: 'require' });
    await app.address();
    expect(new Set(first)).toEqual(new Set(['TLS']));
  });

  it('is not used with DATABASE_TLS=off', async () => {
    const app = production({ JWT_SECRET, DATABASE_URL: url.href, DATABASE_TLS: 'off' });
    await app.address();
    expect(new Set(first)).toEqual(new Set(['none']));
  });
});

/** The first message of a PostgreSQL client that wants TLS (SSLRequest). */
const SSL_REQUEST = Buffer.from('0000000804d2162f', 'hex');

/** A proxy for the database that offers TLS. Adds `TLS` or `none` to `began` for each connection. */
async function tlsInFrontOf(database: URL, identity: { key: string; cert: string }, began: string[]): Promise<Server> {
  const { hostname, port, searchParams } = database;
  const folder = searchParams.get('host'); // the folder of the socket, if the server is the embedded one
  const behind = () => (folder ? connect(`${folder}/.s.PGSQL.${port}`) : connect(Number(port || 5432), hostname));
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.once('data', (bytes: Buffer) => {
      const asked = bytes.equals(SSL_REQUEST);
      began.push(asked ? 'TLS' : 'none');
      if (!asked) return bridge(socket, behind(), bytes);
      socket.write('S');
      return bridge(new TLSSocket(socket, { isServer: true, ...identity }), behind());
    });
  });
  server.listen(0, 'localhost');
  await once(server, 'listening');
  return server;
}

function bridge(client: Socket, database: Socket, read: Buffer = Buffer.alloc(0)): void {
  for (const one of [client, database]) one.on('error', () => [client, database].forEach((each) => each.destroy()));
  database.write(read);
  client.pipe(database).pipe(client);
}
