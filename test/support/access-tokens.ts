import { Actor } from './world.js';

type Scope = 'read' | 'write';

/** Creates a personal access token through the API. Throws if the status is not 201. */
export async function anAccessToken(owner: Actor, scope: Scope = 'read', expires_in_days = 30) {
  const answer = await owner.post('/auth/access-tokens', { name: 'nightly export', scope, expires_in_days });
  if (answer.status !== 201) throw new Error(`No access token for ${owner.email}: ${answer.text}`);
  return answer.body as { id: number; token: string };
}

/** Returns an actor that authenticates with a new access token of `owner`. */
export async function scriptOf(owner: Actor, scope: Scope): Promise<Actor> {
  return new Actor(owner.id, owner.email, (await anAccessToken(owner, scope)).token);
}
