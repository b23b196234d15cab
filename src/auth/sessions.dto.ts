import { ApiSchema } from '@nestjs/swagger';
import { IsUUID } from 'class-validator';

// Response models of sessions.

@ApiSchema({ description: 'A session: a sign-in on one device that has not ended yet.' })
export class SessionResponse {
  /**
   * Id of the session, used to end it.
   * @example "5f0c6a0e-6a3b-4f0b-9d6e-0d8a1f6b2c3d"
   */
  @IsUUID()
  id!: string;

  /**
   * The `User-Agent` of the client that signed in. Null if it sent none.
   * @example "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
   */
  device!: string | null;

  /** When the user signed in (UTC). */
  created_at!: Date;

  /** When the session last got tokens, by sign-in or refresh (UTC). Other requests do not change this time. */
  last_used_at!: Date;

  /** When the session ends (UTC). Each refresh extends it, up to the maximum lifetime of a session. */
  expires_at!: Date;

  /** True for the session that this request belongs to. */
  current!: boolean;
}
