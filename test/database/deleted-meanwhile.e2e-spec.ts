import { query } from '../support/database.js';
import { world } from '../support/world.js';

/** Deletes the account as soon as its token was validated: reading the view `sessions` in the guard triggers it. */
beforeAll(async () => {
  await query('alter table sessions rename to sessions_kept');
  await query(`create function read_and_delete() returns setof sessions_kept language plpgsql volatile as $$ begin
    return query select * from sessions_kept;
    delete from users where is_active and email like 'gone-%';
  end $$`);
});

describe('an account deleted after its token is checked and before its data is read', () => {
  it.each(['/users/me', '/profile'])('is not found: GET %s', async (path) => {
    const { user } = await signedIn();
    await query('create view sessions as select * from read_and_delete()');
    const answer = await user.get(path);
    expect([answer.status, answer.body]).toEqual([404, { detail: 'User not found' }]);
  });

  it('is not found: PATCH /profile', async () => {
    const { user } = await signedIn();
    await query('create view sessions as select * from read_and_delete()');
    const answer = await user.patch('/profile', { bio: 'Too late' });
    expect([answer.status, answer.body]).toEqual([404, { detail: 'User not found' }]);
  });
});

/** Returns accounts whose sessions were created before the view replaced the table. */
async function signedIn() {
  await query('drop view if exists sessions');
  await query('alter table sessions_kept rename to sessions');
  const people = await world();
  await query(`update users set email = 'gone-' || id || '@example.com' where id = $1`, [people.user.id]);
  await query('alter table sessions rename to sessions_kept');
  return people;
}
