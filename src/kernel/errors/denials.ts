import { Injectable } from '@nestjs/common';

/** A request that was refused for who sent it. */
export interface Denied {
  /** Null: nobody who signed in. */
  readonly user_id: number | null;
  /** Method and path template: `GET /users`. */
  readonly route: string;
  /** The sentence that the answer gives. */
  readonly why: string;
}

type Listener = (denied: Denied) => void;

/** Every answer 403 is told here, whoever gave it: the kernel knows no audit trail. */
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
