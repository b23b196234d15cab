import { expectUnharmed, note, ordeal } from './ordeal.js';
import { postmasterOf } from '../support/embedded-holders.js';
import { aerie, aFolder, childrenOf, type Program } from '../support/processes.js';
import { Actor } from '../support/world.js';

let program: Program;
let url: string;
const dataDir = aFolder();

beforeAll(async () => {
  program = aerie({ DATA_DIR: dataDir, LOG_LEVEL: 'silent', DATABASE_POOL_SIZE: '2', DATABASE_POOL_OVERFLOW: '8' });
  url = await program.address();
});

const postmaster = () => postmasterOf(dataDir)!;
const list = () => new Actor(0, '', undefined, url).get('/items?limit=1');

it.each([
  ['the server is killed (SIGKILL of the postmaster)', () => process.kill(postmaster(), 'SIGKILL')],
  ['the server is stopped and started', () => process.kill(postmaster(), 'SIGINT')],
  ['a backend is killed', () => process.kill(childrenOf(postmaster()).at(-1)!, 'SIGKILL')],
])('%s, and the application recovers without a restart', async (name, fail) => {
  const outcome = await ordeal(url, { begin: () => void fail(), end: () => {} }, list);
  note(`reads: ${name}`, outcome);
  expect(outcome.answers.map(({ status }) => status).filter((status) => status !== 200 && status !== 503)).toEqual([]);
  expectUnharmed(outcome);
});
