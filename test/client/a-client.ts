import { createClient, type AerieClient, type ClientOptions } from '../../client/dist/index.js';
import { aUser, PASSWORD } from '../support/world.js';

/** Returns a client of the application under test that is signed in with a new account. */
export async function aClient(
  given: { role?: 'user' | 'admin' } = {},
  options: Partial<ClientOptions> = {},
): Promise<{ client: AerieClient; id: number; email: string }> {
  const { id, email } = await aUser(given);
  const client = createClient({ baseUrl: baseUrl, ...options });
  await client.auth.signIn({ username: email, password: PASSWORD });
  return { client, id, email };
}
