// For each argument, a number of bytes: writes a row into `test_effects` and a job with a payload of that size, in
// one transaction. Prints `BYTES queued`, or the error.
import { IsString, MaxLength } from 'class-validator';
import { EntityManager } from 'typeorm';
import { assembleApp } from '../../dist/src/app.js';
import { jobKind } from '../../dist/src/jobs/job-kind.js';
import { Jobs } from '../../dist/src/jobs/jobs.service.js';
import { transaction } from '../../dist/src/kernel/database/transaction.js';
import { testConfig } from './test-config.mjs';

class Text {
  text;
}
IsString()(Text.prototype, 'text');
MaxLength(100_000)(Text.prototype, 'text');
Reflect.defineMetadata('design:type', String, Text.prototype, 'text');

const { DATABASE_URL, DATA_DIR } = process.env;
const { app } = await assembleApp(await testConfig({ DATABASE_URL, DATA_DIR, LOG_LEVEL: 'silent' }));
const db = app.get(EntityManager);
const Large = jobKind('large', Text);
app.get(Jobs).handle(Large, (_, job) => job.finish(() => {}));
await app.init();

const AROUND = '{"text":""}'.length;
for (const bytes of process.argv.slice(2).map(Number)) {
  try {
    await transaction(db, async (tx) => {
      await tx.query('insert into test_effects values ($1)', [bytes]);
      await app.get(Jobs).enqueue(tx, Large, { text: 'x'.repeat(bytes - AROUND) });
    });
    console.log(`${bytes} queued`);
  } catch (error) {
    console.log(`${bytes}: ${error.message}`);
  }
}
await app.close();
