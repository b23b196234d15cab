import type { LogLine } from './request-history.js';
import type { StoryLine, StoryStatement } from './requests.dto.js';

// Converts log lines into the lines and statements of a story.

const LEVELS: Readonly<Record<number, string>> = { 20: 'debug', 30: 'info', 40: 'warn', 50: 'error', 60: 'fatal' };
/** Fields that are the same in all lines of the process, or that a story shows separately. */
const COMMON = new Set(['level', 'time', 'pid', 'host', 'version', 'msg', 'request_id', 'job_id', 'statements']);
const INFO = 30;

/**
 * Parses a line of a log file. Ignores text before the JSON, such as the name of the service in `docker compose logs`.
 * Returns undefined for a line that Aerie did not write.
 */
export function parseLogLine(text: string): LogLine | undefined {
  try {
    const line = JSON.parse(text.slice(text.indexOf('{'))) as LogLine;
    const { time, statements = [] } = line;
    const isOurs = typeof time === 'string' && !Number.isNaN(Date.parse(time)) && Array.isArray(statements);
    return isOurs && statements.every(isTriple) ? line : undefined;
  } catch {
    return undefined;
  }
}

function isTriple(statement: unknown): boolean {
  const [text, at, ms] = Array.isArray(statement) ? (statement as unknown[]) : [];
  return typeof text === 'string' && typeof at === 'number' && typeof ms === 'number';
}

/** Returns the lines and the statements, both sorted by the time of their log line. */
export function fromLogLines(lines: readonly LogLine[]): { lines: StoryLine[]; statements: StoryStatement[] } {
  const sorted = lines.toSorted((a, b) => textOf(a['time']).localeCompare(textOf(b['time'])));
  return {
    lines: sorted.filter(({ msg }) => msg !== 'statements').map(toStoryLine),
    statements: sorted.flatMap(toStatements),
  };
}

function toStoryLine(line: LogLine): StoryLine {
  const details = Object.fromEntries(Object.entries(line).filter(([name]) => !COMMON.has(name)));
  return {
    time: new Date(textOf(line['time'])),
    level: LEVELS[Number(line['level'] ?? INFO)] ?? 'info',
    message: textOf(line['msg']),
    job_id: jobOf(line),
    details,
  };
}

function toStatements(line: LogLine): StoryStatement[] {
  return (line.statements ?? []).map(([text, at, ms]) => ({
    text: text.replace(/\s+/g, ' ').trim(),
    job_id: jobOf(line),
    start_us: Math.round(at * 1000),
    duration_us: Math.round(ms * 1000),
  }));
}

const jobOf = ({ job_id }: LogLine) => (typeof job_id === 'string' ? job_id : null);
const textOf = (value: unknown) => (typeof value === 'string' ? value : '');
