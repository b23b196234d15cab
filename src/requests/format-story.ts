import type { RequestStory } from './requests.dto.js';

/** Formats the story of a request as text for a terminal. */
export function formatStory({ request_id, lines, statements, jobs, mails, audit_events }: RequestStory): string {
  const parts: [string, string[]][] = [
    [
      'Log lines',
      lines.map(({ time, level, message, job_id, details }) => {
        const source = job_id === null ? '' : ` (job ${job_id})`;
        return `${time.toISOString()}  ${level}  ${message}${source}  ${JSON.stringify(details)}`;
      }),
    ],
    [
      'Statements',
      statements.map(({ text, job_id, start_us, duration_us }) => {
        const source = job_id === null ? '' : `  (job ${job_id})`;
        return `${ms(start_us)} ms  + ${ms(duration_us)} ms  ${text}${source}`;
      }),
    ],
    [
      'Jobs',
      jobs.map(
        ({ id, kind, state, attempts, created_at, failure }) =>
          `${created_at.toISOString()}  ${kind}  ${id}  ${state}, attempts: ${attempts}${failure === null ? '' : `: ${failure}`}`,
      ),
    ],
    ['Mails', mails.map(({ id, accepted_at }) => `${accepted_at.toISOString()}  ${id}`)],
    [
      'Audit events',
      audit_events.map(
        ({ id, at, actor_id, action, subject, details }) =>
          `${at.toISOString()}  ${id}  ${action}  ${subject}  by ${actor_id ?? 'no account'}  ${JSON.stringify(details)}`,
      ),
    ],
  ];
  const sections = parts.map(([title, texts]) => `\n\n${title}\n  ${texts.length > 0 ? texts.join('\n  ') : 'none'}`);
  return `Request ${request_id}${sections.join('')}`;
}

const ms = (us: number) => (us / 1000).toFixed(1).padStart(7);
