import { IsBoolean, IsEmail, IsEnum, IsOptional, IsString, MaxLength } from 'class-validator';
import { UserRole } from '../kernel/access/access.js';
import { SeedRow, type Seed } from '../kernel/database/seed.js';
import { IsOpaqueString } from '../kernel/validation/fields.js';
import { Secret } from '../kernel/validation/secret.js';
import { hashPassword } from './password.js';
import { User } from './user.entity.js';

export class UserRow extends SeedRow {
  @IsEmail()
  email!: string;

  @IsString()
  @MaxLength(100)
  name!: string;

  @IsEnum(UserRole)
  role: UserRole = UserRole.user;

  @IsBoolean()
  is_active: boolean = true;

  @IsOptional()
  @IsString()
  @MaxLength(2000)
  bio: string | null = null;

  /** In plain text. Only its hash is stored. */
  @Secret()
  @IsString()
  @IsOpaqueString()
  @MaxLength(128)
  password!: string;
}

/** Hashes the passwords. Equal ones share a hash, so that a seed file with thousands of rows is loaded in seconds. */
function withHashes(rows: readonly UserRow[]): object[] {
  const hashes = new Map<string, string>();
  for (const { password } of rows) if (!hashes.has(password)) hashes.set(password, hashPassword(password));
  return rows.map(({ password, ...row }) => ({ ...row, password_hash: hashes.get(password)! }));
}

export default {
  entity: User,
  row: UserRow,
  demo: (people) =>
    people.map(({ isAdmin, ...person }) => ({ ...person, role: isAdmin ? UserRole.admin : UserRole.user })),
  columns: withHashes,
} satisfies Seed<UserRow>;
