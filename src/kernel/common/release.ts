import { readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';

/** The version of Aerie that runs, as package.json has it. */
export const RELEASE = (JSON.parse(readFileSync(findPackageJSON(import.meta.url)!, 'utf8')) as { version: string })
  .version;
