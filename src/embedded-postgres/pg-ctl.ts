import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync } from 'node:fs';
import type { ServerOptions } from './server-options.js';
import { PORT, type ServerPaths } from './server-paths.js';

/** Starts the server in the background and waits until it accepts connections. False when it does not. */
export function pgCtlStart(options: ServerOptions): Promise<boolean> {
  return pgCtl(options, ['-t', '120', '-o', postgresOptions(options.paths), 'start']); // recovery after a crash takes a while
}

/**
 * Stops the server and waits until it has ended. False when it has not after 30 s. `fast` disconnects all clients;
 * `immediate` does not even write a checkpoint, so that the next start has to recover.
 */
export function pgCtlStop(options: ServerOptions, mode: 'fast' | 'immediate'): Promise<boolean> {
  return pgCtl(options, ['-t', '30', '-m', mode, 'stop']);
}

/** Whether pg_ctl succeeded. Its output, and that of a server which it starts, is appended to the log. */
async function pgCtl({ paths, binaries, env, log }: ServerOptions, args: string[]): Promise<boolean> {
  const output = log.open();
  const child = spawn(binaries.pgCtl, ['-w', '-s', ...args], {
    cwd: paths.data,
    env: { ...env, PGDATA: paths.data },
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  const [code] = (await once(child, 'exit')) as [number | null];
  return code === 0;
}

// On the command line, where postgresql.conf and ALTER SYSTEM cannot change it: what was committed must not be lost.
function postgresOptions({ socketDirectory }: ServerPaths): string {
  const fixed = {
    fsync: 'on',
    full_page_writes: 'on',
    synchronous_commit: 'on',
    port: String(PORT),
    unix_socket_directories: socketDirectory,
    unix_socket_permissions: '0700',
    logging_collector: 'off',
    log_destination: 'stderr',
  };
  return Object.entries(fixed)
    .map(([name, value]) => `-c ${shellQuoted(`${name}=${value}`)}`)
    .join(' ');
}

/** pg_ctl gives these options to a shell. */
function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
