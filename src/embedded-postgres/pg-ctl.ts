import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync } from 'node:fs';
import type { ServerOptions } from './server-options.js';
import { PORT, type ServerPaths } from './server-paths.js';

/** Starts the server in the background and waits until it accepts connections. Returns false if it does not. */
export function pgCtlStart(options: ServerOptions): Promise<boolean> {
  return pgCtl(options, ['-t', '120', '-o', postgresOptions(options.paths), 'start']); // crash recovery takes a while
}

/**
 * Stops the server and waits until it has ended. Returns false if it has not ended after 30 s. `fast` disconnects all
 * clients. `immediate` also skips the checkpoint, so the next start has to recover.
 */
export function pgCtlStop(options: ServerOptions, mode: 'fast' | 'immediate'): Promise<boolean> {
  return pgCtl(options, ['-t', '30', '-m', mode, 'stop']);
}

/** Runs pg_ctl and returns whether it succeeded. Appends its output, and that of a server it starts, to the log. */
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

// Set on the command line, where postgresql.conf and ALTER SYSTEM cannot override them: committed data must not be
// lost.
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

/** Quotes a word for the shell to which pg_ctl passes these options. */
function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
