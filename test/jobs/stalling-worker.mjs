// A worker for jobs of the kind `stall`. It prints that it has begun, waits, and inserts its name into `test_effects`.
// Arguments: its name, the duration in milliseconds, and the way it writes: `finish`, `unfenced` or `step`.
// With `step` a transaction stays open for the whole duration, and the job then runs for another 2.5 s.
import { setTimeout as sleep } from 'node:timers/promises';
import { EntityManager } from 'typeorm';
import { assembleApp } from '../../dist/src/app.js';
import { jobKind, NoPayload } from '../../dist/src/jobs/job-kind.js';
import { Jobs } from '../../dist/src/jobs/jobs.service.js';
import { transaction } from '../../dist/src/kernel/database/transaction.js';
import { testConfig } from '../support/test-config.mjs';

const [name, takes, how] = process.argv.slice(2);

const { DATABASE_URL, DATA_DIR } = process.env;
const { app } = await assembleApp(await testConfig({ DATABASE_URL, DATA_DIR, LOG_LEVEL: 'silent' }));
const db = app.get(EntityManager);

app.get(Jobs).handle(jobKind('stall', NoPayload), async (_, job) => {
  console.log(`${name} begins attempt ${job.attempt}`);
  if (how === 'step') {
    await job.step(async (tx) => {
      await tx.query('select 1'); // the transaction begins with its first statement
      await sleep(Number(takes));
    });
    await sleep(2500);
  } else await sleep(Number(takes));
  const write = (tx) => tx.query('insert into test_effects values ($1)', [name]);
  try {
    await (how === 'unfenced' ? transaction(db, write) : job.finish(write));
    console.log(`${name} has done it`);
  } catch (error) {
    console.log(`${name}: ${error.message}`);
    throw error;
  }
});
await app.init();
console.log(`${name} is there`);
process.on('SIGTERM', () => void app.close().then(() => process.exit(0)));
