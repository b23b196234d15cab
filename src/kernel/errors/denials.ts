import { Injectable } from '@nestjs/common';

// Publishes 403 responses to the audit trail.

/** A request that was answered with 403. */
export interface DeniedRequest {
  /** Null for an anonymous caller. */
  readonly user_id: number | null;
  /** Method and path template: `GET /users`. */
  readonly route: string;
  /** The message of the response. */
  readonly why: string;
}

type Listener = (denied: DeniedRequest) => void;

/** Publishes every 403 response. The audit trail subscribes; the kernel does not depend on it. */
@Injectable()
export class Denials {
  private listener: Listener | undefined;

  listen(listener: Listener): void {
    this.listener = listener;
  }

  publish(denied: DeniedRequest): void {
    this.listener?.(denied);
  }
}
