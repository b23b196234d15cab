import { query } from '../support/database.js';
import { aPost, eventually } from '../support/factories.js';
import { readMailsTo } from '../support/mail.js';
import { recipesWith, tableOf } from '../support/recipes.js';
import { aUser } from '../support/world.js';

const nest = recipesWith(['cron-job', 'job-mail', 'subscriber', 'transaction']);

describe('job-mail', () => {
  it('sends its mail after the request', async () => {
    const ann = await aUser();
    expect((await ann.post('/call-back')).status).toBe(201);
    const mails = await eventually(() => readMailsTo(ann.email));
    expect(mails.map(({ headers, text }) => [headers['subject'], text.trim()])).toEqual([['Call', 'Today.']]);
    const jobs = await query<{ data: object }>(`select data from pgboss.job where name = 'call-back'`);
    expect(jobs).toEqual([{ data: expect.objectContaining({ user_id: ann.id }) }]);
    expect(JSON.stringify(jobs)).not.toContain(ann.email);
  });
});

describe('cron-job', () => {
  it('is scheduled and deletes old posts when it runs', async () => {
    const { id: user_id } = await aUser();
    const [old, recent] = [await aPost(user_id), await aPost(user_id)];
    await query(`update posts set created_at = now() - interval '6 years' where id = $1`, [old.id]);
    const [schedule] = await query<{ cron: string }>(`select cron from pgboss.schedule where key = 'old-posts'`);
    expect(schedule).toEqual({ cron: '30 3 * * *' });
    await query(
      `insert into pgboss.job (name, data, policy) select name, data, 'standard' from pgboss.schedule where key = 'old-posts'`,
    );
    const left = () => query<{ id: number }>('select id from posts where user_id = $1', [user_id]);
    const posts = await eventually(async () => {
      const found = await left();
      return found.length === 1 ? found : undefined;
    });
    expect(posts).toEqual([recent]);
  });
});

describe('subscriber', () => {
  it('changes entities before TypeORM inserts them', async () => {
    await tableOf('articles', 'slug text primary key, title text not null');
    const { status, body } = await nest.post('/articles').send({ title: 'A lamp, at last' });
    expect([status, body]).toEqual([201, { title: 'A lamp, at last', slug: 'a-lamp-at-last' }]);
    expect(await query('select slug from articles')).toEqual([{ slug: 'a-lamp-at-last' }]);
    for (const wrong of [{}, { title: 7 }, { title: '' }])
      expect((await nest.post('/articles').send(wrong)).status).toBe(422);
  });
});

describe('transaction', () => {
  it('commits both changes or neither', async () => {
    await tableOf('seats', 'id int primary key, taken bool not null default false');
    await tableOf('tickets', 'seat_id int not null');
    await query('insert into seats values (7)');
    expect((await nest.post('/seats/7/ticket')).status).toBe(201);
    expect(await nest.post('/seats/7/ticket')).toMatchObject({ status: 409, body: { detail: 'The seat is taken' } });
    expect(await query('select * from tickets')).toEqual([{ seat_id: 7 }]);
  });
});
