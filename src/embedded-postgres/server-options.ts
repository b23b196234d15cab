import type { Binaries } from './binaries.js';
import type { LogFile } from './log-file.js';
import type { ServerPaths } from './server-paths.js';

/** Everything that is needed to run the server of a folder. */
export interface ServerOptions {
  readonly paths: ServerPaths;
  readonly binaries: Binaries;
  /** The environment variables for PostgreSQL's programs. */
  readonly env: NodeJS.ProcessEnv;
  readonly log: LogFile;
}
