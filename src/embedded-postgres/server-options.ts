import type { Binaries } from './binaries.js';
import type { LogFile } from './log-file.js';
import type { ServerPaths } from './server-paths.js';

/** What it takes to run the server of a folder. */
export interface ServerOptions {
  readonly paths: ServerPaths;
  readonly binaries: Binaries;
  /** The environment of PostgreSQL's programs. */
  readonly env: NodeJS.ProcessEnv;
  readonly log: LogFile;
}
