import type { LoggerService } from '@nestjs/common';
import { pino, stdSerializers, type DestinationStream, type LoggerOptions, type Logger as Pino } from 'pino';
import type { Config } from '../config/config.js';
import { currentContext } from '../context/request-context.js';
import { standardOutput } from './standard-output.js';

const PID = process.pid;

/** What is written of an error. Nothing else is: a failed statement carries its parameters, password hashes among them. */
const OF_ERRORS = ['type', 'message', 'stack', 'code', 'query'] as const;

/** JSON lines on standard output, each with the id of the request it belongs to; readable ones in development. */
export class Logger implements LoggerService {
  private readonly pino: Pino;
  /** Where lines go as they are; undefined: they are made readable. */
  private readonly output: DestinationStream | undefined;

  /** Lines go to `destination` if one is given. */
  constructor(config: Config, destination?: DestinationStream) {
    const { LOG_LEVEL, NODE_ENV } = config.values;
    const pretty = NODE_ENV === 'development' && process.stdout.isTTY && !destination && canBePretty();
    const options: LoggerOptions = {
      level: LOG_LEVEL,
      base: { pid: PID },
      timestamp,
      serializers: { err: (error: unknown) => (error instanceof Error ? described(error) : error) },
      ...(pretty
        ? { transport: { target: 'pino-pretty', options: { ignore: 'pid', translateTime: 'HH:MM:ss' } } }
        : {}),
    };
    this.output = pretty ? undefined : (destination ?? standardOutput());
    this.pino = pino(options, this.output);
  }

  /** Something that went well, with its facts, or as Nest's Logger calls it. What Nest tells of its own start is for debugging. */
  log(message: unknown, ...facts: unknown[]): void {
    this.write(OF_NEST.has(facts.at(-1)) ? 'debug' : 'info', message, facts);
  }

  warn(message: unknown, ...facts: unknown[]): void {
    this.write('warn', message, facts);
  }

  /** A failure: an Error with what was being done, or a sentence; or, as Nest's Logger calls it, with a stack and a context. */
  error(problem: unknown, ...facts: unknown[]): void {
    const [what, context] = facts;
    const isStack = typeof what === 'string' && /\n\s+at /.test(what);
    if (problem instanceof Error) {
      const msg = typeof what === 'string' && !isStack ? what : problem.message;
      this.write('error', msg, [{ err: problem }, ...(typeof context === 'string' ? [context] : [])]);
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
   * The line of a request, from its facts as they stand in JSON: made by hand, since every request pays for it (pino's way
   * is a twentieth of a small one).
   */
  request(facts: string): void {
    if (!this.pino.isLevelEnabled('info')) return;
    if (this.output) this.output.write(`{"level":30${timestamp()},"pid":${PID},${facts},"msg":"request"}\n`);
    else this.pino.info(JSON.parse(`{${facts}}`) as object, 'request');
  }

  /** Objects are facts; a text at the end is the context, as Nest's Logger gives it; each text between is a line of its own. */
  private write(level: Level, message: unknown, facts: readonly unknown[]): void {
    const texts = facts.filter((fact) => typeof fact !== 'object' && fact !== undefined);
    const context = typeof texts.at(-1) === 'string' ? texts.pop() : undefined;
    const given = Object.assign(context === undefined ? {} : { context }, ...facts.filter(isObject)) as object;
    const id = 'request_id' in given ? undefined : currentContext()?.id;
    const line = id === undefined ? given : { request_id: id, ...given };
    for (const text of [message, ...texts]) {
      if (isObject(text)) this.pino[level]({ ...line, data: text });
      else this.pino[level](line, String(text));
    }
  }
}

type Level = 'info' | 'warn' | 'error' | 'debug';

const isObject = (fact: unknown): fact is object => typeof fact === 'object' && fact !== null;

/** The parts of Nest that tell of their start. */
const OF_NEST: ReadonlySet<unknown> = new Set([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
  'WebSocketsController',
]);

/** What makes lines readable comes with the development packages only. */
function canBePretty(): boolean {
  try {
    return import.meta.resolve('pino-pretty') !== '';
  } catch {
    return false;
  }
}

let second = 0;
let untilSecond = '';

/** UTC by ISO 8601, of which all but the milliseconds is made once a second. */
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
