import { ApiSchema } from '@nestjs/swagger';
@ApiSchema({ description: 'A greeting, which shows that the API answers.' })
export class Greeting {
  /**
   * Always `Hello World`.
   * @example "Hello World"
   */
  message!: string;
}

@ApiSchema({ description: 'The process is running.' })
export class Alive {
  /**
   * Always `ok`.
   * @example "ok"
   */
  status!: string;
}

@ApiSchema({ description: 'A read replica of the database.' })
export class ReplicaHealth {
  /**
   * `ok`, or why the replica is not used: `late`, `unavailable`, or `no replica` if the server is not in recovery. Its
   * queries go to the other replicas, or to the primary.
   * @example "ok"
   */
  state!: string;

  /**
   * Minimum lag behind the primary, in milliseconds. Null while it is unknown.
   * @example 12
   */
  lag_ms!: number | null;
}

@ApiSchema({ description: 'The server is ready for requests.' })
export class Ready {
  /**
   * Always `ok`: a server that is not ready answers 503.
   * @example "ok"
   */
  status!: string;

  /**
   * Always `ok`: the database answers and has the current schema.
   * @example "ok"
   */
  database!: string;

  /**
   * `ok` if it answers, `unavailable`, or `off` if no `REDIS_URL` is set. The API also works without Redis.
   * @example "off"
   */
  redis!: string;

  /** The read replicas, in the order of `DATABASE_REPLICA_URLS`. Absent if there are none. */
  replicas?: ReplicaHealth[];
}
