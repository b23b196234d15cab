import type { OpenAPIObject } from '@nestjs/swagger';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { assembleApp } from '../app.js';
import { Config } from '../kernel/config/config.js';
import { run } from './run.js';

const CURRENT = 'openapi.json';
/** The contract that callers were promised last: tests compare with it. */
const RELEASED = 'openapi.released.json';

await run('npm run openapi [-- --release | --server URL]', 0, async (config, args) => {
  const { app, document } = await assembleApp(new Config({ ...config.values, DOCS_ENABLED: true }));
  await app.close();
  const at = args.indexOf('--server');
  if (at >= 0) return writeFor(args[at + 1] ?? '', document, config.values.DATA_DIR);
  const text = `${JSON.stringify(document, null, 2)}\n`;
  writeFileSync(CURRENT, text);
  if (!args.includes('--release')) return `Written: ${CURRENT}`;
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
