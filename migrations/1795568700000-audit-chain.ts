import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Links the audit events to a hash chain, so that changes that bypass its triggers are detected. Also stores the
 * client's address.
 */
export class AuditChain1795568700000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}

/**
 * An event is linked while its transaction commits, in the first strand of the chain that no other transaction is
 * linking to. Usually there is only one strand. With eight strands, eight transactions that commit at the same time do
 * not wait for each other's disk writes. The strand's lock is the last lock that a transaction takes, so its holder
 * never waits for another lock. The hash of a link is the SHA-256 of the previous hash in its strand (32 zero bytes for
 * the first) and the event's fields as netstrings, with `-` for null. src/audit/verify.ts computes the same.
 */
const UP = [
  'alter table audit_events add column address text',
  `create table audit_chain (
    strand smallint not null,
    seq bigint not null,
    event_id bigint not null constraint audit_chain_event_id_key unique,
    hash bytea not null,
    constraint audit_chain_pkey primary key (strand, seq)
  )`,
  `create function audit_hash(previous bytea, event audit_events) returns bytea language sql stable as $$
    select sha256(previous || convert_to(string_agg(
      coalesce(octet_length(convert_to(field, 'UTF8')) || ':' || field, '-'), ',' order by place), 'UTF8'))
    from unnest(array[
      event.id::text, (extract(epoch from event.at) * 1000)::bigint::text, event.actor_id::text, event.action,
      event.subject, event.request_id, event.address, event.details::text
    ]) with ordinality as fields (field, place)
  $$`,
  `create function link_audit_event() returns trigger language plpgsql set lock_timeout = '5s' as $$
    declare mine smallint; last audit_chain;
    begin
      for free in 0..7 loop
        if pg_try_advisory_xact_lock(179556870, free) then mine := free; exit; end if;
      end loop;
      if mine is null then
        mine := pg_backend_pid() % 8;
        perform pg_advisory_xact_lock(179556870, mine);
      end if;
      select * into last from audit_chain where strand = mine order by seq desc limit 1;
      insert into audit_chain (strand, seq, event_id, hash) values (mine, coalesce(last.seq, 0) + 1, new.id,
        audit_hash(coalesce(last.hash, decode(repeat('00', 32), 'hex')), new));
      return null;
    end
  $$`,
  `do $$
    declare event audit_events; number bigint := 0; link bytea := decode(repeat('00', 32), 'hex');
    begin
      for event in select * from audit_events order by id loop
        number := number + 1;
        link := audit_hash(link, event);
        insert into audit_chain (strand, seq, event_id, hash) values (0, number, event.id, link);
      end loop;
    end
  $$`,
  `create constraint trigger audit_events_linked after insert on audit_events
    deferrable initially deferred for each row execute function link_audit_event()`,
  `create trigger audit_chain_append_only before update or delete or truncate on audit_chain
    for each statement execute function refuse_change()`,
  `create trigger audit_chain_by_events_only before insert on audit_chain
    for each statement when (pg_trigger_depth() = 0) execute function refuse_change()`,
  'revoke update, delete, truncate on audit_events, audit_chain from public, current_user',
];

const DOWN = [
  'grant update, delete, truncate on audit_events to current_user',
  'drop trigger audit_events_linked on audit_events',
  'drop table audit_chain',
  'drop function link_audit_event(), audit_hash(bytea, audit_events)',
  'alter table audit_events drop column address',
];
