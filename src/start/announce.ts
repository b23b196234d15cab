import type { Config } from '../kernel/config.js';
import type { Admin } from '../seed/demo-data.js';

interface Started {
  readonly config: Config;
  /** e.g. `http://127.0.0.1:8000` */
  readonly address: string;
  readonly admin: Admin | undefined;
  readonly embedded: boolean;
  /** From the start of the process to the first request that could be answered. */
  readonly ms: number;
}

/** Tells the person at the terminal where everything is. */
export function announce({ config, address, admin, embedded, ms }: Started): void {
  const { WORKERS, DATA_DIR } = config.values;
  const lines = [`Aerie is ready after ${(ms / 1000).toFixed(2)} s`, '', `  API        ${address}`];
  if (config.docsEnabled) lines.push(`  Explorer   ${address}/docs`, `  Reference  ${address}/redoc`);
  lines.push(`  Database   ${embedded ? `embedded PostgreSQL in ${DATA_DIR}` : 'DATABASE_URL'}`);
  if (WORKERS > 1) lines.push(`  Workers    ${WORKERS}`);
  if (admin) lines.push('', `  Admin      ${admin.email}`, `  Password   ${admin.password}   (shown only this once)`);
  if (embedded && config.production) {
    lines.push(
      '',
      '  WARNING: production on the embedded PostgreSQL; set DATABASE_URL for a managed one with backups.',
    );
  }
  process.stdout.write(`\n${lines.join('\n')}\n\n`);
}
