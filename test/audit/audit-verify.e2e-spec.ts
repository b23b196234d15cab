import type { OwnDatabase } from '../support/own-database.js';
import { aFolder, command } from '../support/processes.js';
import { addEvents, aTrail, verdictOn } from './trail.js';

const folder = aFolder();
const HEAD = /head ([\da-f]{64})/;

/** Runs the command as an operator does. */
const verify = (database: OwnDatabase, ...args: string[]) =>
  command('audit verify', args, { cwd: folder, env: { DATABASE_URL: database.url, DATA_DIR: folder } });

/** Changes the trail without its triggers, which only a superuser can do. */
const tamper = (database: OwnDatabase, statements: string) =>
  database.query(`begin; set local session_replication_role = replica; ${statements}; commit`);

describe('npm run audit:verify', () => {
  it('reports the number of events and the head, and finds this head again after more events', async () => {
    const database = await aTrail(2500);
    const { code, output } = await verify(database);
    expect([code, output]).toEqual([
      0,
      expect.stringMatching(/^The audit trail is intact: 2500 event\(s\), head \w{64}\n$/),
    ]);
    await addEvents(database, 3);
    const later = await verify(database, '--head', HEAD.exec(output)![1]!.toUpperCase());
    expect([later.code, later.output]).toEqual([0, expect.stringMatching(/intact: 2503 event\(s\), head \w{64}\n$/)]);
  });

  it('reports an empty trail as intact', async () => {
    const database = await aTrail(0);
    expect((await verify(database)).output).toBe(`The audit trail is intact: 0 event(s), head none\n`);
  });

  it.each([
    [
      'an action that was changed',
      `update audit_events set action = 'x' where id = 4`,
      'link 0.4 has a wrong hash: event 4',
    ],
    [
      'an actor who was changed',
      'update audit_events set actor_id = 1 where id = 4',
      'link 0.4 has a wrong hash: event 4',
    ],
    ['an actor who was removed', 'update audit_events set actor_id = null where id = 4', 'link 0.4 has a wrong hash'],
    [
      'a time that was changed',
      `update audit_events set at = at - interval '1 ms' where id = 4`,
      'link 0.4 has a wrong hash',
    ],
    ['a subject that was changed', `update audit_events set subject = '' where id = 4`, 'link 0.4 has a wrong hash'],
    [
      'a request id that was added',
      `update audit_events set request_id = 'r' where id = 4`,
      'link 0.4 has a wrong hash',
    ],
    ['an address that was added', `update audit_events set address = '::' where id = 4`, 'link 0.4 has a wrong hash'],
    ['details that were changed', `update audit_events set details = '{}' where id = 4`, 'link 0.4 has a wrong hash'],
    [
      'an event that was deleted',
      'delete from audit_events where id = 4',
      'event 4 is missing, but link 0.4 refers to it',
    ],
    [
      'an event that was deleted with its link',
      'delete from audit_events where id = 4; delete from audit_chain where seq = 4',
      'link 0.4 is missing: the next one is link 0.5',
    ],
    [
      'an event that was deleted with its link, and later links that were renumbered',
      `delete from audit_events where id = 4; delete from audit_chain where seq = 4;
       update audit_chain set seq = -seq where seq > 4; update audit_chain set seq = -seq - 1 where seq < 0`,
      'link 0.4 has a wrong hash: event 5',
    ],
    [
      'the first event that was deleted with its link',
      'delete from audit_events where id = 1; delete from audit_chain where seq = 1',
      'link 0.1 is missing',
    ],
    [
      'an event that was inserted without a link in the chain',
      `insert into audit_events (action, subject) values ('x', 'users/1')`,
      'event 7 was inserted without a link in the chain',
    ],
    [
      'two events that were swapped',
      `update audit_chain set event_id = -9 where seq = 2; update audit_chain set event_id = 2 where seq = 4;
       update audit_chain set event_id = 4 where event_id = -9`,
      'link 0.2 has a wrong hash: event 4',
    ],
    [
      'a hash that was changed',
      `update audit_chain set hash = '\\x00' where seq = 4`,
      'link 0.4 has a wrong hash: event 4',
    ],
    [
      'an event that was changed together with its hash',
      `update audit_events set action = 'x' where id = 4; update audit_chain c set hash = audit_hash(
         (select hash from audit_chain where seq = 3), e) from audit_events e where e.id = 4 and c.seq = 4`,
      'link 0.5 has a wrong hash: event 5 or an earlier one was changed',
    ],
  ])('detects tampering: %s', async (_what, statements, fault) => {
    const database = await aTrail(6);
    await tamper(database, statements);
    expect((await verdictOn(database.url)).broken).toContain(fault);
  });

  it('reports the fault and the number of intact events before it', async () => {
    const database = await aTrail(6);
    await tamper(database, 'delete from audit_events where id = 4');
    expect(await verify(database)).toEqual({
      code: 1,
      output: 'The audit trail is broken after 3 intact event(s): event 4 is missing, but link 0.4 refers to it\n',
    });
  });

  it.each([
    ['the last events were deleted', 'delete from audit_events where id > 4; delete from audit_chain where seq > 4'],
    [
      'an event was changed and the whole chain was rewritten',
      `update audit_events set action = 'x' where id = 2; truncate audit_chain;
       do $$ declare event audit_events; link bytea := decode(repeat('00', 32), 'hex'); begin
         for event in select * from audit_events order by id loop
           link := audit_hash(link, event); insert into audit_chain values (0, event.id, event.id, link);
         end loop; end $$`,
    ],
  ])('detects with an earlier head that %s', async (_what, statements) => {
    const database = await aTrail(6);
    const head = HEAD.exec((await verify(database)).output)![1]!;
    await tamper(database, statements);
    expect((await verify(database)).code).toBe(0); // not detectable without the head
    const { code, output } = await verify(database, '--head', head);
    expect(code).toBe(1);
    expect(output).toBe(
      `The audit trail no longer has an event with the hash ${head}: its end was removed, or it was rewritten\n`,
    );
  });

  it('detects events that were hashed by a replaced database function', async () => {
    const database = await aTrail(6);
    await database.query(`create or replace function audit_hash(previous bytea, event audit_events) returns bytea
      language sql as $$ select sha256('x') $$`);
    await addEvents(database, 1);
    expect((await verdictOn(database.url)).broken).toContain('link 0.7 has a wrong hash');
  });
});
