// Starts the module of one feature alone, as tests in Nest's documentation do: with Test.createTestingModule, a
// replaced provider and Nest's own adapter. Sends the given requests and prints the responses or the error as JSON.
import { Test } from '@nestjs/testing';
import { Config } from '../../dist/src/config/config.js';
import { Logger } from '../../dist/src/kernel/logging/logger.js';
import { testConfig } from '../support/test-config.mjs';

const [DATABASE_URL, file, name, requests, overridden] = process.argv.slice(2);
const { [name]: FeatureModule } = await import(`../../dist/src/${file}`);
const config = await testConfig({ DATABASE_URL });
const builder = Test.createTestingModule({ imports: [FeatureModule] })
  .overrideProvider(Config)
  .useValue(config)
  .overrideProvider(Logger)
  .useValue(new Logger(config, { write: () => {} }));
if (overridden !== undefined) {
  const { file: path, token, value } = JSON.parse(overridden);
  const { [token]: Service } = await import(`../../dist/src/${path}`);
  const methods = Object.entries(value).map(([method, result]) => [method, () => result]);
  builder.overrideProvider(Service).useValue(Object.fromEntries(methods));
}
try {
  const app = (await builder.compile()).createNestApplication();
  await app.listen(0, '127.0.0.1');
  const answers = [];
  for (const [method, path, body] of JSON.parse(requests)) {
    const headers = { 'Content-Type': 'application/json' };
    const init = body === undefined ? { method } : { method, headers, body: JSON.stringify(body) };
    const answer = await fetch((await app.getUrl()) + path, init);
    answers.push({ status: answer.status, headers: Object.fromEntries(answer.headers), body: await answer.text() });
  }
  await app.close();
  console.log(JSON.stringify({ answers }));
} catch (error) {
  console.log(JSON.stringify({ refused: error.stack }));
}
process.exit(0);
