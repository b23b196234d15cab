// Holds a lease on an embedded PostgreSQL in a separate process. Reports events as lines of JSON, and releases the
// lease when its input ends.
const [leaseModule, dataDir] = process.argv.slice(2);
const tell = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);

try {
  const { leaseEmbeddedPostgres } = await import(leaseModule);
  const lease = await leaseEmbeddedPostgres(dataDir, {
    renewed: () => tell({ event: 'renewed' }),
    lost: ({ message }) => tell({ event: 'lost', message }),
  });
  tell({ event: 'leased', url: lease.url() });
  process.stdin.resume().once('end', async () => {
    await lease.release();
    tell({ event: 'released' });
  });
} catch (error) {
  tell({ event: 'failed', message: error.message });
}
