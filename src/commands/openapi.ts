import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { assembleApp } from '../app.js';
import { Config } from '../kernel/config/config.js';
import { run } from './run.js';

const CURRENT = 'openapi.json';
/** The contract that callers were promised last: tests compare with it. */
const RELEASED = 'openapi.released.json';

await run('npm run openapi [-- --release]', 0, async (config, args) => {
  const { app, document } = await assembleApp(new Config({ ...config.values, DOCS_ENABLED: true }));
  await app.close();
  const text = `${JSON.stringify(document, null, 2)}\n`;
  writeFileSync(CURRENT, text);
  if (!args.includes('--release')) return `Written: ${CURRENT}`;
  const { version } = document.info;
  if (releasedVersion() === version)
    throw new Error(`${version} is already released: raise the version in package.json first`);
  writeFileSync(RELEASED, text);
  return `Written: ${CURRENT} and ${RELEASED}, the contract of ${version}`;
});

function releasedVersion(): string | undefined {
  if (!existsSync(RELEASED)) return undefined;
  return (JSON.parse(readFileSync(RELEASED, 'utf8')) as { info: { version: string } }).info.version;
}
