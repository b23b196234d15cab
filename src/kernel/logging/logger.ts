import type { LoggerService } from '@nestjs/common';
import { hostname } from 'node:os';
import { pino, stdSerializers, type DestinationStream, type LoggerOptions, type Logger as Pino } from 'pino';
import { RELEASE } from '../common/release.js';
import type { Config } from '../../config/config.js';
import { currentActivity, type Activity } from '../context/activity.js';
import { causeOf, isOutage } from '../errors/database-errors.js';
import { LogThrottle } from './log-throttle.js';
import { standardOutput } from './standard-output.js';

// The application's logger.

/** The process fields of every line. The line of a request has them as text, which is created once. */
const PROCESS = { pid: process.pid, host: hostname(), version: RELEASE };
const PROCESS_TEXT = JSON.stringify(PROCESS).slice(1, -1);

/** The properties of an error that are logged. Others may hold secrets: a failed statement carries its parameters. */
const LOGGED_ERROR_PROPERTIES = new Set(['type', 'message', 'stack', 'code', 'query']);
/** Fields that only the logger sets. Data with such a name is logged as `data`. */
const OWN_FIELDS = ['level', 'time', 'msg', 'statements', ...Object.keys(PROCESS)];

/** Receives the lines of requests and of the jobs that they caused. The requests module has one. */
export interface LogSink {
  /** Adds a line of JSON, which ends with a newline. */
  add(line: string): void;
  /** Adds a line about an activity: `facts` as JSON text, and its statements. */
  addActivity(facts: string, activity: Activity): void;
}

/** Nest's LoggerService on pino: JSON lines with the request id on standard output; readable lines in development. */
export class Logger implements LoggerService {
  private readonly pino: Pino;
  /** The destination of JSON lines; undefined if pino-pretty formats them. */
  private readonly output: DestinationStream | undefined;
  private sink: LogSink | undefined;
  private readonly outages = new LogThrottle();

  /** Writes to `destination` if given, otherwise to standard output. */
  constructor(config: Config, destination?: DestinationStream) {
    const { LOG_LEVEL, NODE_ENV } = config.values;
    const pretty = NODE_ENV === 'development' && process.stdout.isTTY && !destination && canBePretty();
    const options: LoggerOptions = {
      level: LOG_LEVEL,
      base: PROCESS,
      timestamp,
      serializers: { err: (error: unknown) => error }, // loggable() has serialized it
      hooks: { streamWrite: (line) => this.passToSink(line) },
      ...(pretty
        ? { transport: { target: 'pino-pretty', options: { ignore: 'pid,host,version', translateTime: 'HH:MM:ss' } } }
        : {}),
    };
    this.output = pretty ? undefined : (destination ?? standardOutput());
    this.pino = pino(options, this.output);
    config.onLogLevelChanged(() => (this.pino.level = config.values.LOG_LEVEL));
  }

  /** From now on, passes the lines that belong to a request to `sink`. */
  setSink(sink: LogSink): void {
    this.sink = sink;
  }

  /**
   * Logs an event: a message and objects with data, or the arguments of Nest's Logger. Nest's own lines at start become
   * `debug`.
   */
  log(message: unknown, ...facts: unknown[]): void {
    this.write(NEST_STARTUP_CONTEXTS.has(facts.at(-1)) ? 'debug' : 'info', message, facts);
  }

  warn(message: unknown, ...facts: unknown[]): void {
    this.write('warn', message, facts);
  }

  /**
   * Logs a failure: an Error and what failed, or a message, or the arguments of Nest's Logger (message, stack,
   * context).
   */
  error(problem: unknown, ...facts: unknown[]): void {
    this.logProblem('error', problem, facts);
  }

  /** Logs what ends the process. Takes the same arguments as `error`. Never omitted, even if the database caused it. */
  fatal(problem: unknown, ...facts: unknown[]): void {
    this.logProblem('fatal', problem, facts);
  }

  debug(message: unknown, ...facts: unknown[]): void {
    this.write('debug', message, facts);
  }

  verbose(message: unknown, ...facts: unknown[]): void {
    this.write('debug', message, facts);
  }

  /**
   * Logs the line of a request. `facts` are its properties as JSON text. The line is built by hand, since pino would
   * take 5 % of the time of a small request. `activity` is passed to the sink.
   */
  request(facts: string, activity: Activity): void {
    this.activity(`${facts},"msg":"request"`, activity);
    if (!this.pino.isLevelEnabled('info')) return;
    if (this.output) this.output.write(`{"level":30${timestamp()},${PROCESS_TEXT},${facts},"msg":"request"}\n`);
    else this.pino.info(JSON.parse(`{${facts}}`) as object, 'request');
  }

  /**
   * Passes an activity to the sink, if it belongs to a request: `facts` as JSON text, and its statements. At the level
   * debug, the statements are logged, too.
   */
  activity(facts: string, activity: Activity): void {
    if (activity.id !== undefined) this.sink?.addActivity(`${timestamp().slice(1)},${facts}`, activity);
    const { statements } = activity;
    if (statements.length === 0 || !this.pino.isLevelEnabled('debug')) return;
    const triples = Array.from({ length: statements.length / 3 }, (_, n) => statements.slice(3 * n, 3 * n + 3));
    this.pino.debug({ ...activityFields(activity), statements: triples }, 'statements'); // text, start, duration in ms
  }

  private passToSink(line: string): string {
    if (this.sink && line.includes('"request_id":"') && !ALREADY_PASSED.test(line)) this.sink.add(line);
    return line;
  }

  private logProblem(level: 'error' | 'fatal', problem: unknown, facts: readonly unknown[]): void {
    const [what, ...rest] = facts;
    const isStack = typeof what === 'string' && /\n\s+at /.test(what);
    const error = [problem, ...facts].find((one) => one instanceof Error);
    const message = problem instanceof Error && typeof what === 'string' && !isStack ? what : problem;
    if (level === 'error' && error && isOutage(error))
      this.logOutage(error, message === error ? error.message : message);
    else if (isStack) this.write(level, problem, [...(error ? [] : [{ err: { stack: what } }]), ...rest]);
    else this.write(level, message, message === problem ? facts : [problem, ...rest]);
  }

  /**
   * Logs one line per second without a stack while the database is unavailable, since all statements then fail for the
   * same reason.
   */
  private logOutage(error: Error, what: unknown): void {
    const cause = causeOf(error);
    const omitted = this.outages.admit(cause);
    if (omitted !== undefined) this.write('error', what, [{ cause, omitted: omitted || undefined }]);
  }

  /**
   * Objects are data, an Error is `err`. A string at the end is the context, as in Nest's Logger. Every other string is
   * logged as its own line.
   */
  private write(level: Level, message: unknown, facts: readonly unknown[]): void {
    if (!this.pino.isLevelEnabled(level)) return;
    if (message instanceof Error) return this.write(level, message.message, [message, ...facts]);
    const texts = facts.filter((fact) => typeof fact !== 'object' && fact !== undefined);
    const source = typeof texts.at(-1) === 'string' ? { context: texts.pop() } : {};
    const objects = facts.filter(isObject).map((fact) => (fact instanceof Error ? { err: fact } : fact));
    const given = loggable(Object.assign({}, ...objects)) as object;
    const data = OWN_FIELDS.some((name) => name in given) ? { data: given } : given;
    const line = { ...source, ...('request_id' in data ? undefined : activityFields(currentActivity())), ...data };
    for (const text of [message, ...texts]) {
      if (isObject(text)) this.pino[level]({ ...line, data: loggable(text) });
      else this.pino[level](line, String(text));
    }
  }
}

type Level = 'info' | 'warn' | 'error' | 'fatal' | 'debug';

const isObject = (fact: unknown): fact is object => typeof fact === 'object' && fact !== null;

/** The contexts with which Nest logs at start. */
const NEST_STARTUP_CONTEXTS: ReadonlySet<unknown> = new Set([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
  'WebSocketsController',
]);

/** Whether pino-pretty, a development dependency, is installed. */
function canBePretty(): boolean {
  try {
    return import.meta.resolve('pino-pretty') !== '';
  } catch {
    return false;
  }
}

let cachedSecond = 0;
let cachedPrefix = '';

/** The time as pino's JSON fragment, in UTC (ISO 8601). Everything but the milliseconds is cached for a second. */
function timestamp(): string {
  const now = Date.now();
  if (now - cachedSecond >= 1000 || now < cachedSecond) {
    cachedSecond = now - (now % 1000);
    cachedPrefix = new Date(cachedSecond).toISOString().slice(0, -4);
  }
  return `,"time":"${cachedPrefix}${String(now - cachedSecond).padStart(3, '0')}Z"`;
}

/** The fields by which log lines of an activity are found. Undefined ones are not written. */
export function activityFields({ id, job_id, trace_id }: Partial<Activity> = {}): object {
  return { request_id: id, job_id, trace_id };
}

/** Lines that the sink has already, such as those of activities. */
const ALREADY_PASSED = /"msg":"(?:request|statements)"}\n$/;

/** How deep objects may be nested in data. Deeper ones are abbreviated. */
const MAX_DEPTH = 6;

/** Returns a copy without cycles, in which errors have only the properties that are logged. */
function loggable(value: unknown, parents: readonly object[] = []): unknown {
  if (!isObject(value)) return value;
  if (parents.includes(value)) return '[Circular]';
  const isTooDeep = parents.length === MAX_DEPTH;
  const within = [...parents, value];
  if (Array.isArray(value)) return isTooDeep ? '[Array]' : value.map((one) => loggable(one, within));
  const isError = value instanceof Error;
  if ('toJSON' in value && !isError) return value;
  if (isTooDeep) return '[Object]';
  const all = Object.entries(isError ? stdSerializers.err(value) : value);
  const logged = isError ? all.filter(([name]) => LOGGED_ERROR_PROPERTIES.has(name)) : all;
  return Object.fromEntries(logged.map(([name, one]) => [name, loggable(one, within)]));
}
