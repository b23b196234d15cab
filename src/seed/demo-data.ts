import { randomBytes } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { addDemoJobs } from './demo-jobs.js';
import { Session } from '../auth/session.entity.js';
import type { Config } from '../kernel/config/config.js';
import { UserRole } from '../kernel/access/access.js';
import { User } from '../users/user.entity.js';
import { validate } from '../kernel/validation/validate.js';
import { addDemoExport } from './demo-export.js';
import { replaceAll } from './replace-all.js';
import { SeedFile } from './rows.js';

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
const THINGS = [
  'Desk lamp',
  'Notebook',
  'Office chair',
  'Monitor 27"',
  'Keyboard',
  'Cable, 2 m',
  'Whiteboard',
  'Mug',
  'Headset',
  'Plant',
  'Coat hook',
];
/** The last thing is new: nobody has ordered it, so it can be deleted. */
const ORDERED = THINGS.length - 1;
const STATES = ['new', 'paid', 'sent', 'sent', 'cancelled'] as const;

/** Fills an empty database, so that `/docs` is useful at first sight. Returns the admin with his random password, or undefined. */
export async function addDemoData(db: EntityManager, { production }: Config): Promise<Admin | undefined> {
  if (await db.exists(User)) return undefined;
  const admin = { email: DEMO_ADMIN_EMAIL, password: randomPassword() };
  await replaceAll(db, validate(SeedFile, demoRows(admin, production ? randomPassword() : DEMO_PASSWORD)));
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
    { id: '5f0c6a0e-6a3b-4f0b-9d6e-0d8a1f6b2c3d', user_id: 2, device: 'Aerie for Android 3.1', expires_at },
    { id: '0b9e7c52-4a61-4d0c-8a57-3f2b1c9d8e70', user_id: 1, device: 'Aerie for iOS 3.1', expires_at },
  ];
}

function demoRows(admin: Admin, firstPassword: string) {
  const others = PEOPLE.map((name, i) => ({
    id: i + 2,
    name,
    email: `${name.split(' ')[0]!.toLowerCase()}@aerie.example`,
    password: i === 0 ? firstPassword : randomPassword(),
  }));
  const count = PEOPLE.length;
  const items = THINGS.map((name, i) => ({
    id: i + 1,
    name,
    description: `${name}, as used in our own office`,
    price_cents: 495 + i * 1250,
    stock: 100,
  }));
  return {
    users: [{ id: ADMIN_ID, name: 'Admin', role: UserRole.admin, ...admin }, ...others],
    items,
    posts: others.map(({ id, name }, i) => ({
      id: i + 1,
      user_id: id,
      title: `Hello from ${name}`,
      body: 'My first post.',
    })),
    orders: Array.from({ length: 60 }, (_, i) => {
      const item = items[(i * 7) % ORDERED]!;
      const quantity = (i % 3) + 1;
      const total_cents = quantity * item.price_cents;
      return { id: i + 1, user_id: (i % count) + 2, item_id: item.id, quantity, total_cents, status: STATES[i % 5]! };
    }),
  };
}
