import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

/** `npm ci` removes it, together with the packages. */
const FOLDER = join(import.meta.dirname, '../../../node_modules/.cache/aerie');

/**
 * Stores the compiled code of modules in a folder, so that the next start need not compile them. If the folder is not
 * writable, nothing is stored. The code takes 15 MiB of memory as long as the process runs.
 */
export function useCompileCache(): void {
  enableCompileCache(FOLDER);
}
