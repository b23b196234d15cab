import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { Config } from '../config/config.js';
import { handleRequests } from '../ipc/ipc-requests.js';
import { askSiblings } from '../ipc/siblings.js';
import { Logger } from '../kernel/logging/logger.js';
import { durableStory } from './durable-story.js';
import { RequestHistory, type LogLine } from './request-history.js';
import type { RequestStory } from './requests.dto.js';
import { requestNotFound } from './requests.errors.js';
import { fromLogLines } from './story-lines.js';

const TOPIC = 'request history';
const MIB = 2 ** 20;

/** Reports what a request did and caused: from the memory of this machine's server processes, and from the database. */
@Injectable()
export class RequestsService implements OnModuleInit {
  /** The latest lines and statements of this process; undefined if none are kept. */
  private readonly history: RequestHistory | undefined;

  constructor(
    private readonly db: EntityManager,
    @Inject(Config) { values }: Config,
    @Inject(Logger) logger: Logger,
  ) {
    if (values.REQUEST_HISTORY_MB === 0) return;
    this.history = new RequestHistory(values.REQUEST_HISTORY_MB * MIB);
    logger.setSink(this.history);
  }

  onModuleInit(): void {
    handleRequests(TOPIC, (request_id: string) => this.remembered(request_id));
  }

  /** Returns the story of a request. Throws requestNotFound if nothing is known about it. */
  async get(request_id: string): Promise<RequestStory> {
    const others = await askSiblings<LogLine[]>(TOPIC, request_id);
    const { lines, statements } = fromLogLines([...this.remembered(request_id), ...others.flat()]);
    const durable = await durableStory(this.db, request_id);
    const { jobs, audit_events } = durable;
    if (lines.length + jobs.length + audit_events.length === 0) throw requestNotFound(request_id);
    return { request_id, lines, statements, ...durable };
  }

  private remembered(request_id: string): LogLine[] {
    return this.history?.find(request_id) ?? [];
  }
}
