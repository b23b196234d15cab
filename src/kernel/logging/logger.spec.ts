import type { Config } from '../../config/config.js';
import { Logger } from './logger.js';

/** Returns a logger, its lines, and their levels and messages. */
function aLogger(LOG_LEVEL: string): { logger: Logger; lines: string[]; written: unknown[] } {
  const written: unknown[] = [];
  const lines: string[] = [];
  const config = { values: { LOG_LEVEL, NODE_ENV: 'test' }, onLogLevelChanged: () => {} };
  const write = (line: string) => {
    const { level, msg } = JSON.parse(line) as Record<string, unknown>;
    lines.push(line);
    written.push([level, msg]);
  };
  return { logger: new Logger(config as unknown as Config, { write }), lines, written };
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
  logger.setSink({ add: never, addActivity: never });
  const statements = ['select 1', 0, 1];
  logger.activity('"msg":"job"', { id: undefined, job_id: 'j1', startedAt: 0, statements });
  expect(written).toEqual([[20, 'statements']]);
});

const never = () => {
  throw new Error('kept');
};

it('passes the lines of requests to the sink, as they are written', () => {
  const { logger, written } = aLogger('info');
  const kept: unknown[] = [];
  logger.setSink({ add: (line) => kept.push(JSON.parse(line)), addActivity: never });
  logger.log('of a request', { request_id: 'r1' });
  logger.log('of no request');
  expect(kept).toEqual([expect.objectContaining({ msg: 'of a request', request_id: 'r1' })]);
  expect(written).toHaveLength(2);
});

/** As TypeORM's: it carries the parameters of the statement, and PostgreSQL's detail repeats them. */
const failedStatement = () =>
  Object.assign(new Error('duplicate key'), {
    query: 'insert into users values ($1)',
    parameters: ['hush'],
    detail: 'Key (email)=(hush) already exists.',
    driverError: Object.assign(new Error('duplicate key'), { parameters: ['hush'] }),
  });

it.each<[string, (logger: Logger, error: Error) => void]>([
  ['a warning', (logger, error) => logger.warn('It failed', error)],
  ['an error with a text', (logger, error) => logger.error('It failed', error)],
  ['an error, a text and a context', (logger, error) => logger.error(error, 'It failed', 'Context')],
  ['an error as the message', (logger, error) => logger.warn(error)],
  ['an error and data', (logger, error) => logger.error(error, { order: 7 })],
  ['a property', (logger, error) => logger.log('It failed', { error })],
  ['a nested property', (logger, error) => logger.debug('It failed', { results: [{ reason: error }] })],
  ['a property of the message', (logger, error) => logger.fatal({ results: [{ reason: error }] })],
])('logs the message and the stack of an Error, but not the parameters of its statement: %s', (_, log) => {
  const { logger, lines } = aLogger('debug');
  log(logger, failedStatement());
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/"type":"Error","message":"duplicate key","stack":".+logger\.spec/);
  expect(lines[0]).toContain('"query":"insert into users values ($1)"');
  expect(lines[0]).not.toContain('hush');
});

it('abbreviates objects that are nested deeply or contain themselves', () => {
  const { logger, lines } = aLogger('info');
  const cycle: Record<string, unknown> = { error: failedStatement() };
  cycle['self'] = cycle;
  logger.log('It failed', { a: { b: { c: { d: { e: { error: failedStatement(), list: [1] } } } } } }, { cycle });
  expect(JSON.parse(lines[0]!)).toMatchObject({
    a: { b: { c: { d: { e: { error: '[Object]', list: '[Array]' } } } } },
    cycle: { error: { message: 'duplicate key' }, self: '[Circular]' },
  });
  expect(lines[0]).not.toContain('hush');
});

it('logs the data beside an Error', () => {
  const { logger, lines } = aLogger('info');
  logger.error(new Error('a bug'), { order: 7 });
  expect(JSON.parse(lines[0]!)).toMatchObject({ order: 7, msg: 'a bug', err: { message: 'a bug' } });
});

it('logs a database that is not available once a second, also if the Error follows a text', () => {
  const { logger, written } = aLogger('info');
  const outage = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED', syscall: 'connect' });
  for (let i = 0; i < 3; i++) logger.error('A request failed', outage);
  expect(written).toEqual([[50, 'A request failed']]);
});

it.each(['level', 'time', 'msg', 'statements', 'pid', 'host', 'version'])(
  'data with the name of a field of every line does not replace that field: %s',
  (name) => {
    const { logger, lines } = aLogger('info');
    logger.log('Counted', { [name]: 3 });
    const names = [...lines[0]!.matchAll(/"(\w+)":/g)].map(([, found]) => found!);
    expect(names.toSorted()).toEqual(['data', 'host', 'level', 'msg', 'pid', 'time', 'version', name].toSorted());
    expect(JSON.parse(lines[0]!)).toMatchObject({ level: 30, msg: 'Counted', data: { [name]: 3 } });
  },
);
