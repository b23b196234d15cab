import type { LoggerService } from '@nestjs/common';
import { hostname } from 'node:os';
import { pino, stdSerializers, type DestinationStream, type LoggerOptions, type Logger as Pino } from 'pino';
import { RELEASE } from '../common/release.js';
import type { Config } from '../config/config.js';
import { currentContext } from '../context/request-context.js';
import { causeOf, isOutage } from '../errors/database-errors.js';
import { Repetitions } from './repetitions.js';
import { standardOutput } from './standard-output.js';

/** What every line says of the process that wrote it; the line of a request has it as text, made once. */
const PROCESS = { pid: process.pid, host: hostname(), version: RELEASE };
const OF_PROCESS = JSON.stringify(PROCESS).slice(1, -1);

/** The properties of an error that are logged. Others may hold secrets: a failed statement carries its parameters. */
const OF_ERRORS = ['type', 'message', 'stack', 'code', 'query'] as const;

/** Nest's logger, on pino: JSON lines on standard output, each with its request id; readable lines in development. */
export class Logger implements LoggerService {
  private readonly pino: Pino;
  /** Where JSON lines go; undefined where pino-pretty formats them. */
  private readonly output: DestinationStream | undefined;
  private readonly outages = new Repetitions();

  /** Lines go to `destination` if one is given. */
  constructor(config: Config, destination?: DestinationStream) {
    const { LOG_LEVEL, NODE_ENV } = config.values;
    const pretty = NODE_ENV === 'development' && process.stdout.isTTY && !destination && canBePretty();
    const options: LoggerOptions = {
      level: LOG_LEVEL,
      base: PROCESS,
      timestamp,
      serializers: { err: (error: unknown) => (error instanceof Error ? described(error) : error) },
      ...(pretty
        ? { transport: { target: 'pino-pretty', options: { ignore: 'pid,host,version', translateTime: 'HH:MM:ss' } } }
        : {}),
    };
    this.output = pretty ? undefined : (destination ?? standardOutput());
    this.pino = pino(options, this.output);
  }

  /** An event with its data, or a call of Nest's Logger. Nest's own lines at start are logged as `debug`. */
  log(message: unknown, ...facts: unknown[]): void {
    this.write(OF_NEST.has(facts.at(-1)) ? 'debug' : 'info', message, facts);
  }

  warn(message: unknown, ...facts: unknown[]): void {
    this.write('warn', message, facts);
  }

  /** A failure: an Error and what was being done, or a message; or a call of Nest's Logger, with a stack and a context. */
  error(problem: unknown, ...facts: unknown[]): void {
    const [what, context] = facts;
    const isStack = typeof what === 'string' && /\n\s+at /.test(what);
    if (problem instanceof Error) {
      const msg = typeof what === 'string' && !isStack ? what : problem.message;
      if (isOutage(problem)) this.tellOutage(problem, msg);
      else this.write('error', msg, [{ err: problem }, ...(typeof context === 'string' ? [context] : [])]);
    } else if (isStack || what === undefined) {
      this.write('error', problem, [...(isStack ? [{ err: { stack: what } }] : []), ...facts.slice(1)]);
    } else this.write('error', problem, facts);
  }

  fatal(problem: unknown, ...facts: unknown[]): void {
    this.error(problem, ...facts);
  }

  debug(message: unknown, ...facts: unknown[]): void {
    this.write('debug', message, facts);
  }

  verbose(message: unknown, ...facts: unknown[]): void {
    this.write('debug', message, facts);
  }

  /**
   * The line of a request, from its properties as JSON text. Built by hand, since every request pays for it: pino would take
   * a twentieth of a small request.
   */
  request(facts: string): void {
    if (!this.pino.isLevelEnabled('info')) return;
    if (this.output) this.output.write(`{"level":30${timestamp()},${OF_PROCESS},${facts},"msg":"request"}\n`);
    else this.pino.info(JSON.parse(`{${facts}}`) as object, 'request');
  }

  /** While the database is away everything fails, and for one cause: a line a second tells it, without a stack. */
  private tellOutage(error: Error, what: string): void {
    const cause = causeOf(error);
    const omitted = this.outages.admit(cause);
    if (omitted !== undefined) this.write('error', what, [{ cause, omitted: omitted || undefined }]);
  }

  /** Objects are data; a text at the end is the context, as in Nest's Logger; each other text is a line of its own. */
  private write(level: Level, message: unknown, facts: readonly unknown[]): void {
    const texts = facts.filter((fact) => typeof fact !== 'object' && fact !== undefined);
    const source = typeof texts.at(-1) === 'string' ? texts.pop() : undefined;
    const given = Object.assign(source === undefined ? {} : { context: source }, ...facts.filter(isObject)) as object;
    const context = 'request_id' in given ? undefined : currentContext();
    const line = context === undefined ? given : { request_id: context.id, trace_id: context.trace_id, ...given };
    for (const text of [message, ...texts]) {
      if (isObject(text)) this.pino[level]({ ...line, data: text });
      else this.pino[level](line, String(text));
    }
  }
}

type Level = 'info' | 'warn' | 'error' | 'debug';

const isObject = (fact: unknown): fact is object => typeof fact === 'object' && fact !== null;

/** The contexts of Nest's own lines at start. */
const OF_NEST: ReadonlySet<unknown> = new Set([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
  'WebSocketsController',
]);

/** pino-pretty is a development dependency. */
function canBePretty(): boolean {
  try {
    return import.meta.resolve('pino-pretty') !== '';
  } catch {
    return false;
  }
}

let second = 0;
let untilSecond = '';

/** The time in UTC (ISO 8601). All but the milliseconds is built once a second. */
function timestamp(): string {
  const now = Date.now();
  if (now - second >= 1000 || now < second) {
    second = now - (now % 1000);
    untilSecond = new Date(second).toISOString().slice(0, -4);
  }
  return `,"time":"${untilSecond}${String(now - second).padStart(3, '0')}Z"`;
}

function described(error: Error): object {
  const all = stdSerializers.err(error) as unknown as Record<string, unknown>;
  return Object.fromEntries(OF_ERRORS.filter((name) => all[name] !== undefined).map((name) => [name, all[name]]));
}
