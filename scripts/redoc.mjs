// Downloads the one file of ReDoc that Aerie serves. As a dependency, ReDoc would bring 84 packages with 82 MB.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const RELEASE = 'redoc@2.5.4';
const FILE = 'package/bundles/redoc.standalone.js';
const SHA256 = 'dcaf76612bc4a3fbcc923a8966dee2f6146a5f32e5ce1b6f02dd60cbbf89500b';
/** What to say after the reason why the download failed. */
export const REDOC_REMEDY =
  'ReDoc, which shows /redoc, could not be downloaded. The next build tries again. It needs access to the package registry once.';

const PLACE = join(import.meta.dirname, '../src/docs/assets/redoc.standalone.js');

/**
 * Downloads the file from the package registry unless it exists. Throws if the download fails or the file has another
 * hash.
 */
export function getRedoc() {
  if (existsSync(PLACE) && sha256(PLACE) === SHA256) return;
  const folder = mkdtempSync(join(tmpdir(), 'aerie-redoc-'));
  try {
    npm(['pack', RELEASE, '--ignore-scripts', '--silent', `--pack-destination=${folder}`]);
    const [archive] = readdirSync(folder);
    execFileSync('tar', ['-xzf', archive, FILE], { cwd: folder });
    const file = join(folder, FILE);
    if (sha256(file) !== SHA256) throw new Error(`The SHA-256 of ${FILE} in ${RELEASE} is not the expected one`);
    copyFileSync(file, PLACE);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const sha256 = (file) => createHash('sha256').update(readFileSync(file)).digest('hex');

/** Runs the npm that runs this script, or else the npm in PATH. */
function npm(args) {
  const own = process.env.npm_execpath;
  const options = { stdio: ['ignore', 'ignore', 'inherit'] };
  if (own?.endsWith('.js')) execFileSync(process.env.npm_node_execpath ?? process.execPath, [own, ...args], options);
  else execFileSync('npm', args, { ...options, shell: process.platform === 'win32' });
}
