import { ApiSchema } from '@nestjs/swagger';
@ApiSchema({ description: 'A greeting that shows that the API responds.' })
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
   * `ok`, or why the replica is not used: `late` (it lags too far behind the primary), `unavailable`, or `no replica`
   * (the server is not a standby of the primary). The other replicas or the primary then handle its queries.
   * @example "ok"
   */
  state!: string;

  /**
   * Lag behind the primary in milliseconds; the real lag can be higher. Null while it is unknown.
   * @example 12
   */
  lag_ms!: number | null;
}

@ApiSchema({ description: 'The server is ready for requests.' })
export class Ready {
  /**
   * Always `ok`. A server that is not ready responds with a 503 instead.
   * @example "ok"
   */
  status!: string;

  /**
   * Always `ok`: the database responds and has the current schema.
   * @example "ok"
   */
  database!: string;

  /**
   * State of Redis: `ok`, `unavailable`, or `off` if `REDIS_URL` is not set. The API works without Redis, too.
   * @example "off"
   */
  redis!: string;

  /** The read replicas, in the order of `DATABASE_REPLICA_URLS`. Absent if there are none. */
  replicas?: ReplicaHealth[];
}
