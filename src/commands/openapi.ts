import type { OpenAPIObject } from '@nestjs/swagger';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { assembleApp } from '../app.js';
import { makeFolder } from '../embedded-postgres/make-folder.js';
import { Config } from '../config/config.js';
import { requireDatabase } from '../database-setup/migrate.js';
import { OperatorError } from '../config/operator-error.js';
import { onDatabase } from './on-database.js';

const CURRENT = 'openapi.json';
/** The contract of the last release. Tests compare the current one with it. */
const RELEASED = 'openapi.released.json';

interface OpenApiOptions {
  readonly release?: true;
  readonly server?: string;
}

/** Writes the document that the application serves. */
export function openApi(options: OpenApiOptions): Promise<void> {
  return onDatabase((config) => write(config, options), { mayCreate: true });
}

async function write(config: Config, { release, server }: OpenApiOptions): Promise<string> {
  await requireDatabase(config);
  const { app, document } = await assembleApp(new Config({ ...config.values, DOCS_ENABLED: true }));
  await app.close();
  if (server !== undefined) return writeFor(server, document, config.values.DATA_DIR);
  const text = `${JSON.stringify(document, null, 2)}\n`;
  writeFileSync(CURRENT, text);
  if (!release) return `Written: ${CURRENT}`;
  const { version } = document.info;
  if (releasedVersion() === version)
    throw new OperatorError(`${version} is already released: raise the version in package.json first`);
  writeFileSync(RELEASED, text);
  return `Written: ${CURRENT} and ${RELEASED}, the contract of ${version}`;
}

/**
 * Writes a copy with the server's URL, for tools that need one (Postman). The document itself has none, so that it is
 * correct wherever it is served.
 */
function writeFor(server: string, document: OpenAPIObject, folder: string): string {
  const file = join(folder, 'openapi.server.json');
  makeFolder(folder);
  writeFileSync(file, `${JSON.stringify({ ...document, servers: [{ url: server }] }, null, 2)}\n`);
  return `Written: ${file}, for ${server}`;
}

function releasedVersion(): string | undefined {
  if (!existsSync(RELEASED)) return undefined;
  return (JSON.parse(readFileSync(RELEASED, 'utf8')) as { info: { version: string } }).info.version;
}
