import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { handleRequests } from '../ipc/ipc-requests.js';
import { askSiblings } from '../ipc/siblings.js';
import { Logger } from '../kernel/logging/logger.js';
import type { LogLine } from '../kernel/logging/request-history.js';
import { durableStory } from './durable-story.js';
import type { RequestStory } from './requests.dto.js';
import { requestNotFound } from './requests.errors.js';
import { toldByLines } from './told-lines.js';

const TOPIC = 'request history';

/** Reports what a request did and caused: from the memory of this machine's server processes, and from the database. */
@Injectable()
export class RequestsService implements OnModuleInit {
  constructor(
    private readonly db: EntityManager,
    @Inject(Logger) private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    handleRequests(TOPIC, (request_id: string) => this.remembered(request_id));
  }

  /** Returns the story of a request. Throws requestNotFound if nothing is known about it. */
  async get(request_id: string): Promise<RequestStory> {
    const others = await askSiblings<LogLine[]>(TOPIC, request_id);
    const { lines, statements } = toldByLines([...this.remembered(request_id), ...others.flat()]);
    const durable = await durableStory(this.db, request_id);
    const { jobs, audit_events } = durable;
    if (lines.length + jobs.length + audit_events.length === 0) throw requestNotFound(request_id);
    return { request_id, lines, statements, ...durable };
  }

  private remembered(request_id: string): LogLine[] {
    return this.logger.history?.find(request_id) ?? [];
  }
}
