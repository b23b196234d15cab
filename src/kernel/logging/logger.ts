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
      serializers: { err: described },
      ...(pretty
        ? { transport: { target: 'pino-pretty', options: { ignore: 'pid', translateTime: 'HH:MM:ss' } } }
        : {}),
    };
    this.output = pretty ? undefined : (destination ?? standardOutput());
    this.pino = pino(options, this.output);
  }

  /** Something that went well, with its facts. What Nest tells of itself, with its context's name, is for debugging. */
  log(message: unknown, ...facts: unknown[]): void {
    this.write(typeof facts[0] === 'string' ? 'debug' : 'info', message, facts);
  }

  warn(message: unknown, ...facts: unknown[]): void {
    this.write('warn', message, facts);
  }

  /** A failure: an Error with what was being done, or a sentence. */
  error(problem: unknown, ...facts: unknown[]): void {
    if (!(problem instanceof Error)) return this.write('error', problem, facts);
    const what = typeof facts[0] === 'string' ? facts[0] : problem.message;
    this.write('error', what, [{ err: problem }]);
  }

  debug(message: unknown, ...facts: unknown[]): void {
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

  private write(level: 'info' | 'warn' | 'error' | 'debug', message: unknown, facts: readonly unknown[]): void {
    const [first] = facts;
    const given = typeof first === 'object' ? (first as object) : typeof first === 'string' ? { context: first } : {};
    const id = 'request_id' in given ? undefined : currentContext()?.id;
    this.pino[level](id === undefined ? given : { request_id: id, ...given }, String(message));
  }
}

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
