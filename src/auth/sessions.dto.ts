import { IsUUID } from 'class-validator';

/** A session that goes on: somebody signed in with it and has not signed out. */
export class SessionResponse {
  /** @example "5f0c6a0e-6a3b-4f0b-9d6e-0d8a1f6b2c3d" */
  @IsUUID()
  id!: string;

  /**
   * What the client called itself when it signed in (`User-Agent`).
   * @example "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
   */
  device!: string | null;

  /** When somebody signed in. */
  created_at!: Date;

  /** The sign-in, or the newest use of a refresh token: the tokens in between leave no trace. */
  last_used_at!: Date;

  /** When it ends by itself; a use of its refresh token may put that off. */
  expires_at!: Date;

  /** Whether it is the one that asks. */
  current!: boolean;
}
