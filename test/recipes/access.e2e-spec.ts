import { createHmac } from 'node:crypto';
import { query } from '../support/database.js';
import { recipesWith, tableOf } from '../support/recipes.js';
import { aUser } from '../support/world.js';

const SECRET = 'of-the-payment-service';
const nest = recipesWith(['api-key', 'webhook', 'tenants', 'feature-flag', 'rate-limit', 'own-setting'], () => ({
  PARTNER_API_KEY: 'of-our-partner',
  PAYMENTS_WEBHOOK_SECRET: SECRET,
  FLAGS: 'gift-cards,one-click',
  SUPPORT_EMAIL: 'help@example.com',
}));

const ask = (key?: string) => nest.get('/partner/prices').set(key === undefined ? {} : { 'X-API-Key': key });
const sign = (text: string, secret = SECRET) => createHmac('sha256', secret).update(text).digest('hex');

describe('api-key', () => {
  it('accepts requests with the correct key only', async () => {
    expect((await ask('of-our-partner')).body).toEqual([{ sku: 'lamp', price_cents: 495 }]);
    for (const wrong of [undefined, 'of-our-partne', 'of-our-partner2']) {
      expect(await ask(wrong)).toMatchObject({ status: 401, body: { detail: 'API key missing or wrong' } });
    }
  });

  it('prevents the start if the key is empty', async () => {
    const start = startRecipes(['api-key'], { PARTNER_API_KEY: '' });
    await expect(start).rejects.toThrow('PARTNER_API_KEY must not be empty');
  });
});

describe('webhook', () => {
  const body = '{"id": "evt_1",  "paid": true}'; // with spaces that JSON.stringify would not write
  const send = (signature?: string) => {
    const request = nest.post('/webhooks/payments').set('Content-Type', 'application/json');
    return (signature === undefined ? request : request.set('X-Signature', signature)).send(body);
  };

  it('accepts a body with a valid signature over its raw bytes', async () => {
    expect(await send(sign(body))).toMatchObject({ status: 202, body: { received: 'evt_1' } });
  });

  it('rejects a missing or wrong signature', async () => {
    for (const wrong of [undefined, 'no hex', sign(body, 'another'), sign(`${body} `), sign(body).slice(2)]) {
      expect(await send(wrong)).toMatchObject({ status: 401, body: { detail: 'Signature missing or wrong' } });
    }
  });

  it('prevents the start if the secret is empty', async () => {
    const start = startRecipes(['webhook'], { PAYMENTS_WEBHOOK_SECRET: '' });
    await expect(start).rejects.toThrow('PAYMENTS_WEBHOOK_SECRET must not be empty');
  });
});

describe('tenants', () => {
  it('shows only rows that belong to the company of the caller, regardless of the query', async () => {
    const [ann, bob, eve] = [await aUser(), await aUser(), await aUser()];
    await tableOf('members', 'user_id int primary key, tenant_id int not null');
    await tableOf('contracts', 'tenant_id int not null, title text not null');
    await query('insert into members values ($1, 1), ($2, 2)', [ann.id, bob.id]);
    await query(`insert into contracts values (1, 'Of Ann'), (2, 'Of Bob')`);
    expect((await ann.get('/contracts')).body).toEqual([{ title: 'Of Ann' }]);
    expect((await bob.get('/contracts?tenant_id=1')).body).toEqual([{ title: 'Of Bob' }]);
    expect(await eve.get('/contracts')).toMatchObject({ status: 403 });
    expect((await nest.get('/contracts')).status).toBe(401);
  });
});

describe('feature-flag', () => {
  it('serves a route only if its flag is on', async () => {
    expect((await nest.get('/checkout/one-click')).body).toEqual({ steps: 1 });
    const off = await startRecipes(['feature-flag'], { FLAGS: 'gift-cards' });
    const answer = await fetch(`${off.url}/checkout/one-click`);
    expect([answer.status, await answer.json()]).toEqual([404, { detail: 'Not Found' }]);
    await off.stop();
  });
});

describe('rate-limit', () => {
  it('counts requests per account', async () => {
    const [ann, bob] = [await aUser(), await aUser()];
    const statuses = [];
    for (const who of [ann, ann, ann, bob]) statuses.push((await who.get('/quotes')).status);
    expect(statuses).toEqual([200, 200, 429, 200]);
  });
});

describe('own-setting', () => {
  it('is read at the start', async () => {
    expect((await nest.get('/support')).body).toEqual({ email: 'help@example.com' });
  });

  it('prevents the start if it is invalid', async () => {
    const start = startRecipes(['own-setting'], { SUPPORT_EMAIL: 'nobody' });
    await expect(start).rejects.toThrow('SUPPORT_EMAIL must be an e-mail address');
  });
});
