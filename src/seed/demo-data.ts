import { randomBytes } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { addDemoJobs } from './demo-jobs.js';
import { Session } from '../auth/session.entity.js';
import { DEMO_SESSION_ID } from '../auth/sessions.demo.js';
import type { Config } from '../kernel/config/config.js';
import type { DemoPerson } from '../kernel/database/seed.js';
import { User } from '../users/user.entity.js';
import { validate } from '../kernel/validation/validate.js';
import { addDemoExport } from './demo-export.js';
import { replaceAll } from './replace-all.js';
import { fileOf } from './parse-seed.js';
import { loadSeeds } from './seeds.js';

export interface Admin {
  readonly email: string;
  readonly password: string;
}

const ADMIN_ID = 1;
export const DEMO_ADMIN_EMAIL = 'admin@aerie.example';
/** Of the first of the people, a plain user: the example of `POST /auth/token`. Nobody else's is known; in production not his either. */
const DEMO_PASSWORD = 'Password1';

const DEMO_SESSION_MS = 30 * 86_400_000;

const PEOPLE = ['Ann Lee', 'Bruno Costa', 'Chiara Rossi', 'Deniz Kaya', 'Emil Nilsson', 'Fatou Diallo', 'Goran Babić'];
/** Fills an empty database, so that `/docs` is useful at first sight. Returns the admin with his random password, or undefined. */
export async function addDemoData(db: EntityManager, { production }: Config): Promise<Admin | undefined> {
  if (await db.exists(User)) return undefined;
  const admin = { email: DEMO_ADMIN_EMAIL, password: randomPassword() };
  const people = demoPeople(admin, production ? randomPassword() : DEMO_PASSWORD);
  const seeds = await loadSeeds(db.dataSource);
  const rows = Object.fromEntries([...seeds].map(([table, { demo }]) => [table, demo(people)]));
  await replaceAll(db, validate(fileOf(rows, seeds), rows), seeds);
  await db.insert(Session, demoSessions(new Date(Date.now() + DEMO_SESSION_MS)));
  await addDemoExport(db, ADMIN_ID);
  await addDemoJobs(db);
  return admin;
}

/** Passes the product's own rule: at least one upper-case letter. */
export function randomPassword(): string {
  return `A${randomBytes(12).toString('base64url')}`;
}

/** Sign-ins from elsewhere, of Ann and the admin, to be looked at and ended: nobody has a token of theirs. */
function demoSessions(expires_at: Date) {
  return [
    { id: DEMO_SESSION_ID, user_id: 2, device: 'Aerie for Android 3.1', expires_at },
    { id: '0b9e7c52-4a61-4d0c-8a57-3f2b1c9d8e70', user_id: 1, device: 'Aerie for iOS 3.1', expires_at },
  ];
}

function demoPeople(admin: Admin, firstPassword: string): DemoPerson[] {
  const others = PEOPLE.map((name, i) => ({
    id: i + 2,
    name,
    email: `${name.split(' ')[0]!.toLowerCase()}@aerie.example`,
    password: i === 0 ? firstPassword : randomPassword(),
    isAdmin: false,
  }));
  return [{ id: ADMIN_ID, name: 'Admin', isAdmin: true, ...admin }, ...others];
}
