import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline/promises';
import { withMigratedDatabase } from '../database-setup/migrate.js';
import { OperatorError } from '../config/operator-error.js';
import { durableStory } from '../requests/durable-story.js';
import type { LogLine } from '../requests/request-history.js';
import { formatStory } from '../requests/format-story.js';
import { parseLogLine, fromLogLines } from '../requests/story-lines.js';
import { onDatabase } from './on-database.js';
import { unreadableFile } from './unreadable-file.js';

/**
 * Shows what a request did and caused. `log` is a file with log lines, or `-` for standard input. Throws an
 * OperatorError if nothing is known about the request.
 */
export function story(request_id: string, { log }: { log?: string }): Promise<void> {
  return onDatabase(async (config) => {
    const lines = log === undefined ? [] : await linesOf(log, request_id);
    const durable = await withMigratedDatabase(config, ({ manager }) => durableStory(manager, request_id));
    const known = { request_id, ...fromLogLines(lines), ...durable };
    if ([known.lines, known.jobs, known.audit_events].every((part) => part.length === 0))
      throw new OperatorError(`No records found for request ${request_id}`);
    return formatStory(known);
  });
}

/** Returns the log lines of a request. Skips lines of other programs, which may write to the same file. */
async function linesOf(file: string, request_id: string): Promise<LogLine[]> {
  const found: LogLine[] = [];
  try {
    for await (const text of file === '-'
      ? createInterface({ input: process.stdin })
      : (await open(file)).readLines()) {
      if (!text.includes(request_id)) continue;
      const line = parseLogLine(text);
      if (line?.['request_id'] === request_id) found.push(line);
    }
  } catch (error) {
    throw unreadableFile(file, error);
  }
  return found;
}
