import { Injectable } from '@nestjs/common';

/** A request that was answered with 403. */
export interface Denied {
  /** Null for an anonymous caller. */
  readonly user_id: number | null;
  /** Method and path template: `GET /users`. */
  readonly route: string;
  /** The message of the response. */
  readonly why: string;
}

type Listener = (denied: Denied) => void;

/** Publishes every 403, for the audit trail, which the kernel does not know. */
@Injectable()
export class Denials {
  private listener: Listener | undefined;

  listen(listener: Listener): void {
    this.listener = listener;
  }

  tell(denied: Denied): void {
    this.listener?.(denied);
  }
}
