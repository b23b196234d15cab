import type { LoggerService } from '@nestjs/common';
import { pino, stdSerializers, type DestinationStream, type LoggerOptions, type Logger as Pino } from 'pino';
import type { Config } from '../config.js';
import { currentExchange } from '../http/exchange.js';

/** What is written of an error. Nothing else is: a failed statement carries its parameters, password hashes among them. */
const OF_ERRORS = ['type', 'message', 'stack', 'code', 'query'] as const;

/** JSON lines on standard output, each with the id of the request it belongs to; readable ones in development. */
export class Logger implements LoggerService {
  private readonly pino: Pino;

  /** Lines go to `destination` if one is given. */
  constructor(config: Config, destination?: DestinationStream) {
    const { LOG_LEVEL, NODE_ENV } = config.values;
    const pretty = NODE_ENV === 'development' && process.stdout.isTTY && !destination;
    const options: LoggerOptions = {
      level: LOG_LEVEL,
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      mixin: () => {
        const id = currentExchange()?.id;
        return id === undefined ? {} : { request_id: id };
      },
      serializers: { err: described },
      ...(pretty
        ? { transport: { target: 'pino-pretty', options: { ignore: 'pid', translateTime: 'HH:MM:ss' } } }
        : {}),
    };
    this.pino = destination ? pino(options, destination) : pino(options);
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
    if (problem instanceof Error)
      this.pino.error({ err: problem }, typeof facts[0] === 'string' ? facts[0] : problem.message);
    else this.write('error', problem, facts);
  }

  debug(message: unknown, ...facts: unknown[]): void {
    this.write('debug', message, facts);
  }

  private write(level: 'info' | 'warn' | 'error' | 'debug', message: unknown, facts: readonly unknown[]): void {
    const [first] = facts;
    if (typeof first === 'object' && first !== null) this.pino[level](first, String(message));
    else this.pino[level](typeof first === 'string' ? { context: first } : {}, String(message));
  }
}

function described(error: Error): object {
  const all = stdSerializers.err(error) as unknown as Record<string, unknown>;
  return Object.fromEntries(OF_ERRORS.filter((name) => all[name] !== undefined).map((name) => [name, all[name]]));
}
