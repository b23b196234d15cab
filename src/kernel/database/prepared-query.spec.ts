import { PassThrough } from 'node:stream';
import { PreparedQuery, Statement } from './prepared-query.js';

const INTEGER = 23;

/** A connection that has parsed the statement already; what is sent stays in its stream. */
function knowing(statement: Statement) {
  const stream = new PassThrough();
  const connection = { stream, parsedStatements: { [statement.name]: statement.text }, parse: () => {} };
  return { connection, asksForColumns: () => (stream.read() as Buffer).includes('D\0\0\0\x06P\0') };
}

const run = (statement: Statement) => new PreparedQuery(statement, [], () => {});

describe('a statement that the connection knows', () => {
  it('is asked for its columns until they have been told, also where a bad value came before them', () => {
    const statement = new Statement('select id from items', 'a');
    const { connection, asksForColumns } = knowing(statement);
    const refused = run(statement);
    refused.submit(connection);
    expect(asksForColumns()).toBe(true);
    refused.handleError(new Error('invalid input'));
    const good = run(statement);
    good.submit(connection);
    expect(asksForColumns()).toBe(true);
    good.handleRowDescription({ fields: [{ name: 'id', dataTypeID: INTEGER }] as never });
    good.handleReadyForQuery();
    run(statement).submit(connection);
    expect(asksForColumns()).toBe(false);
  });

  it('comes right behind the beginning of its transaction, for both or neither to be run', () => {
    const statement = new Statement('delete from items', 'a');
    const { connection } = knowing(statement);
    const first = run(statement);
    first.isFirst = true;
    first.submit(connection);
    const sent = (connection.stream.read() as Buffer).toString('latin1');
    expect(sent.match(/[BDES](?=\0{3})/g)).toEqual(['B', 'E', 'B', 'D', 'E', 'S']);
    expect(sent.indexOf('aerie_begin')).toBe(6);
  });

  it('is not asked again where it has none', () => {
    const statement = new Statement('delete from items', 'a');
    const { connection, asksForColumns } = knowing(statement);
    const first = run(statement);
    first.submit(connection);
    expect(asksForColumns()).toBe(true);
    first.handleReadyForQuery();
    run(statement).submit(connection);
    expect(asksForColumns()).toBe(false);
  });
});
