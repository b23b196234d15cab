import type { OpenAPIObject } from '@nestjs/swagger';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { assembleApp } from '../app.js';
import { Config } from '../kernel/config/config.js';
import { requireDatabase } from '../kernel/database/migrate.js';
import { run } from './run.js';

const CURRENT = 'openapi.json';
/** The contract that callers were promised last: tests compare with it. */
const RELEASED = 'openapi.released.json';

const USAGE = {
  call: 'npm run openapi [-- --release | --server URL]',
  about: `Writes ${CURRENT}, the document that the application serves.`,
  positionals: [],
  options: {
    release: { about: `writes ${RELEASED}, too, which later changes must not break` },
    server: { about: 'writes one for tools that want a whole address, into DATA_DIR', value: 'URL' },
  },
  exclusive: true,
} as const;

await run(USAGE, async (config, { options: { release, server } }) => {
  await requireDatabase(config);
  const { app, document } = await assembleApp(new Config({ ...config.values, DOCS_ENABLED: true }));
  await app.close();
  if (server !== undefined) return writeFor(server, document, config.values.DATA_DIR);
  const text = `${JSON.stringify(document, null, 2)}\n`;
  writeFileSync(CURRENT, text);
  if (!release) return `Written: ${CURRENT}`;
  const { version } = document.info;
  if (releasedVersion() === version)
    throw new Error(`${version} is already released: raise the version in package.json first`);
  writeFileSync(RELEASED, text);
  return `Written: ${CURRENT} and ${RELEASED}, the contract of ${version}`;
});

/** For tools that want a whole address (Postman): the document itself names none, so that it is right wherever it is served. */
function writeFor(server: string, document: OpenAPIObject, folder: string): string {
  if (!/^https?:\/\//.test(server) || !URL.canParse(server)) {
    throw new Error('--server must be the address of the server, such as https://api.example.com');
  }
  const file = join(folder, 'openapi.server.json');
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, `${JSON.stringify({ ...document, servers: [{ url: server }] }, null, 2)}\n`);
  return `Written: ${file}, for ${server}`;
}

function releasedVersion(): string | undefined {
  if (!existsSync(RELEASED)) return undefined;
  return (JSON.parse(readFileSync(RELEASED, 'utf8')) as { info: { version: string } }).info.version;
}
