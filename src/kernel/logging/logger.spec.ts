import type { Config } from '../../config/config.js';
import { Logger } from './logger.js';

/** Returns a logger, and the levels and messages that it writes. */
function aLogger(LOG_LEVEL: string): { logger: Logger; written: unknown[] } {
  const written: unknown[] = [];
  const config = { values: { LOG_LEVEL, NODE_ENV: 'test' }, onLogLevelChanged: () => {} };
  const write = (line: string) => {
    const { level, msg } = JSON.parse(line) as Record<string, unknown>;
    written.push([level, msg]);
  };
  return { logger: new Logger(config as unknown as Config, { write }), written };
}

it('fatal writes at the level fatal, also if the same outage was just logged', () => {
  const { logger, written } = aLogger('info');
  const outage = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5432'), {
    code: 'ECONNREFUSED',
    syscall: 'connect',
  });
  logger.error(outage, 'A request failed');
  logger.error(outage, 'A request failed');
  logger.fatal(outage, 'Uncaught error');
  expect(written).toEqual([
    [50, 'A request failed'],
    [60, 'Uncaught error'],
  ]);
});

it('LOG_LEVEL=fatal shows fatal errors only', () => {
  const { logger, written } = aLogger('fatal');
  logger.error(new Error('a bug'), 'A request failed');
  logger.fatal(new Error('a bug'), 'Uncaught error');
  expect(written).toEqual([[60, 'Uncaught error']]);
});

it('logs the statements of a job without a request, and keeps no history of it', () => {
  const { logger, written } = aLogger('debug');
  logger.keepLines({ add: never, addActivity: never });
  const statements = ['select 1', 0, 1];
  logger.activity('"msg":"job"', { id: undefined, job_id: 'j1', startedAt: 0, statements });
  expect(written).toEqual([[20, 'statements']]);
});

const never = () => {
  throw new Error('kept');
};

it('passes the lines of requests to the keeper, as they are written', () => {
  const { logger, written } = aLogger('info');
  const kept: unknown[] = [];
  logger.keepLines({ add: (line) => kept.push(JSON.parse(line)), addActivity: never });
  logger.log('of a request', { request_id: 'r1' });
  logger.log('of no request');
  expect(kept).toEqual([expect.objectContaining({ msg: 'of a request', request_id: 'r1' })]);
  expect(written).toHaveLength(2);
});
