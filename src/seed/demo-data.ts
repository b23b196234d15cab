import { randomBytes } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { addDemoJobs } from './demo-jobs.js';
import { Session } from '../auth/session.entity.js';
import { DEMO_SESSION_ID } from '../auth/sessions.demo.js';
import type { DemoAccount } from '../docs/docs.pages.js';
import type { Config } from '../config/config.js';
import type { Tell } from '../database-setup/migration-runner.js';
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
const DEMO_USER_EMAIL = 'ann@aerie.example';
export const DEMO_ADMIN_EMAIL = 'admin@aerie.example';
/**
 * The password of the first demo user, who is not an admin: the example of `POST /auth/token`. All other passwords are
 * random. In production this user's password is random too.
 */
const DEMO_PASSWORD = 'Password1';

/** The characters of a random password, unless PASSWORD_MIN_LENGTH requires more: 96 bits of chance. */
const RANDOM_LENGTH = 17;

const DEMO_SESSION_MS = 30 * 86_400_000;

const PEOPLE = ['Ann Lee', 'Bruno Costa', 'Chiara Rossi', 'Deniz Kaya', 'Emil Nilsson', 'Fatou Diallo', 'Goran Babić'];
/**
 * Fills an empty database, so that `/docs` has useful examples from the start. Returns the admin with their random
 * password.
 */
export async function addDemoData(db: EntityManager, { production, values }: Config, tell?: Tell): Promise<Admin> {
  tell?.('Adding the demo data');
  const random = () => randomPassword(values.PASSWORD_MIN_LENGTH);
  const admin = { email: DEMO_ADMIN_EMAIL, password: random() };
  const people = demoPeople(admin, random, production ? random() : DEMO_PASSWORD);
  const seeds = await loadSeeds(db.dataSource);
  const rows = Object.fromEntries([...seeds].map(([table, { demo }]) => [table, demo(people)]));
  await replaceAll(db, validate(fileOf(rows, seeds), rows), seeds);
  await db.insert(Session, demoSessions(new Date(Date.now() + DEMO_SESSION_MS)));
  await addDemoExport(db, ADMIN_ID);
  await addDemoJobs(db);
  return admin;
}

/**
 * Returns the demo user whose password is known, if they exist. Undefined in production, where the password is random.
 */
export async function findDemoAccount(db: EntityManager, { production }: Config): Promise<DemoAccount | undefined> {
  if (production || !(await db.existsBy(User, { email: DEMO_USER_EMAIL, is_active: true }))) return undefined;
  return { email: DEMO_USER_EMAIL, password: DEMO_PASSWORD };
}

/**
 * Returns a random password that satisfies the product's own rules: at least one upper-case letter and `minLength`
 * characters (PASSWORD_MIN_LENGTH).
 */
export function randomPassword(minLength: number): string {
  const length = Math.max(RANDOM_LENGTH, minLength);
  return `A${randomBytes(length).toString('base64url')}`.slice(0, length);
}

/** Returns sessions of Ann and the admin on other devices, as examples to view and end. They have no tokens. */
function demoSessions(expires_at: Date) {
  return [
    { id: DEMO_SESSION_ID, user_id: 2, device: 'Aerie for Android 3.1', expires_at },
    { id: '0b9e7c52-4a61-4d0c-8a57-3f2b1c9d8e70', user_id: 1, device: 'Aerie for iOS 3.1', expires_at },
  ];
}

function demoPeople(admin: Admin, random: () => string, firstPassword: string): DemoPerson[] {
  const others = PEOPLE.map((name, i) => ({
    id: i + 2,
    name,
    email: `${name.split(' ')[0]!.toLowerCase()}@aerie.example`,
    password: i === 0 ? firstPassword : random(),
    isAdmin: false,
  }));
  return [{ id: ADMIN_ID, name: 'Admin', isAdmin: true, ...admin }, ...others];
}
