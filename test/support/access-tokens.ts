import { Actor } from './world.js';

type Scope = 'read' | 'write';

/** A new access token of somebody's, as the API makes it. */
export async function anAccessToken(owner: Actor, scope: Scope = 'read', expires_in_days = 30) {
  const answer = await owner.post('/auth/access-tokens', { name: 'nightly export', scope, expires_in_days });
  if (answer.status !== 201) throw new Error(`No access token for ${owner.email}: ${answer.text}`);
  return answer.body as { id: number; token: string };
}

/** The script of somebody: whoever bears an access token of his. */
export async function scriptOf(owner: Actor, scope: Scope): Promise<Actor> {
  return new Actor(owner.id, owner.email, (await anAccessToken(owner, scope)).token);
}
