import pg from 'pg';

/** Runs `work` with a connection, and closes it. A connection that is lost makes the next statement fail. */
export async function withClient(url, work) {
  const client = new pg.Client({ connectionString: url, application_name: 'aerie-rehearsal' });
  client.on('error', () => {});
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
