import { join } from 'node:path';
import type { Config } from '../config/config.js';
import { hasDatabase } from '../embedded-postgres/data-directory.js';
import { serverUrl } from '../config/server-address.js';
import { publicUrl } from '../mail/mail-links.js';
import type { Admin } from '../seed/demo-data.js';

// What a start prints: its steps, warnings, the URLs, and the password of a new admin.

interface Started {
  readonly config: Config;
  readonly embedded: boolean;
}

/** Prints warnings about the configuration that do not prevent the start. */
export function printWarnings({ warnings }: Config): void {
  for (const warning of warnings) process.stderr.write(`WARNING: ${warning}\n`);
}

/** Prints a message if this start creates the embedded database, which takes a while. */
export function announceDatabase({ values: { DATABASE_URL, DATA_DIR } }: Config): void {
  if (DATABASE_URL === undefined && !hasDatabase(DATA_DIR)) announceStep(`Creating a database in ${DATA_DIR}`);
}

/** Prints what a start does next, since the steps of a first start take seconds. */
export function announceStep(step: string): void {
  process.stdout.write(`${step}…\n`);
}

/** Prints the URLs, the database and warnings. */
export function announce({ config, embedded }: Started): void {
  const { WORKERS, DATA_DIR, PORT } = config.values;
  const address = serverUrl(config.host, PORT);
  const seconds = (performance.now() / 1000).toFixed(2); // since the process started
  const lines = [`Aerie is ready after ${seconds} s`, '', `  API        ${address}`];
  if (config.docsEnabled) lines.push(`  Explorer   ${address}/docs`, `  Reference  ${address}/redoc`);
  lines.push(`  Database   ${embedded ? `embedded PostgreSQL in ${DATA_DIR}` : 'DATABASE_URL'}`);
  if (WORKERS > 1) lines.push(`  Workers    ${WORKERS}`);
  lines.push(...mailLines(config), ...metricsLines(config));
  if (embedded && config.production) {
    lines.push(
      '',
      '  WARNING: production on the embedded PostgreSQL; set DATABASE_URL for a managed one with backups.',
    );
  }
  if (config.production && config.values.APP_URL === undefined && config.values.PUBLIC_URL === undefined) {
    lines.push(
      '',
      `  WARNING: mails link to ${publicUrl(config)}; set APP_URL or PUBLIC_URL to an address that users can reach.`,
    );
  }
  process.stdout.write(`\n${lines.join('\n')}\n\n`);
}

/** Returns a line with the folder of mails that are not sent; none if SMTP_URL is set. */
export function mailLines({ values: { SMTP_URL, DATA_DIR } }: Config): string[] {
  return SMTP_URL === undefined ? [`  Mails      text files in ${join(DATA_DIR, 'mail')}`] : [];
}

/** Returns a line with the URL of the metrics; none if METRICS_PORT is not set. */
export function metricsLines({ values: { METRICS_HOST, METRICS_PORT } }: Config): string[] {
  return METRICS_PORT === undefined ? [] : [`  Metrics    ${serverUrl(METRICS_HOST, METRICS_PORT)}/metrics`];
}

/** Prints the password of the new admin. Only its hash is stored, so it cannot be shown again. */
export function announceAdmin({ email, password }: Admin): void {
  process.stdout.write(`  Admin      ${email}\n  Password   ${password}   (shown only this once)\n\n`);
}
