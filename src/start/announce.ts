import type { Config } from '../kernel/config/config.js';
import { addressOf } from '../kernel/http/address.js';
import { publicUrl } from '../mail/mail-links.js';
import type { Admin } from '../seed/demo-data.js';

interface Started {
  readonly config: Config;
  /** e.g. `http://127.0.0.1:8000` */
  readonly address: string;
  readonly embedded: boolean;
}

/** Tells what may be a mistake in the configuration, but does not keep it from starting. */
export function warn({ warnings }: Config): void {
  for (const warning of warnings) process.stderr.write(`WARNING: ${warning}\n`);
}

/** Tells the person at the terminal where everything is. */
export function announce({ config, address, embedded }: Started): void {
  const { WORKERS, DATA_DIR } = config.values;
  const seconds = (performance.now() / 1000).toFixed(2); // since the process began
  const lines = [`Aerie is ready after ${seconds} s`, '', `  API        ${address}`];
  if (config.docsEnabled) lines.push(`  Explorer   ${address}/docs`, `  Reference  ${address}/redoc`);
  lines.push(`  Database   ${embedded ? `embedded PostgreSQL in ${DATA_DIR}` : 'DATABASE_URL'}`);
  if (WORKERS > 1) lines.push(`  Workers    ${WORKERS}`);
  lines.push(...metricsLines(config));
  if (embedded && config.production) {
    lines.push(
      '',
      '  WARNING: production on the embedded PostgreSQL; set DATABASE_URL for a managed one with backups.',
    );
  }
  if (config.production && config.values.APP_URL === undefined && config.values.PUBLIC_URL === undefined) {
    lines.push(
      '',
      `  WARNING: mails link to ${publicUrl(config)}; set APP_URL or PUBLIC_URL to where people reach it.`,
    );
  }
  process.stdout.write(`\n${lines.join('\n')}\n\n`);
}

/** Where the metrics are, if anywhere. */
export function metricsLines({ values: { METRICS_HOST, METRICS_PORT } }: Config): string[] {
  return METRICS_PORT === undefined ? [] : [`  Metrics    ${addressOf(METRICS_HOST, METRICS_PORT)}/metrics`];
}

/** Tells the password of the admin that was made, which is stored nowhere. */
export function announceAdmin({ email, password }: Admin): void {
  process.stdout.write(`  Admin      ${email}\n  Password   ${password}   (shown only this once)\n\n`);
}
