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
    good.handleCommandComplete();
    run(statement).submit(connection);
    expect(asksForColumns()).toBe(false);
  });

  it('is not asked again where it has none', () => {
    const statement = new Statement('delete from items', 'a');
    const { connection, asksForColumns } = knowing(statement);
    const first = run(statement);
    first.submit(connection);
    expect(asksForColumns()).toBe(true);
    first.handleCommandComplete();
    run(statement).submit(connection);
    expect(asksForColumns()).toBe(false);
  });
});
