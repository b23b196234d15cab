import { IsEnum, IsString, MaxLength } from 'class-validator';
import { UserRole } from '../kernel/access/access.js';

export class AccountStatusReason {
  /**
   * Why; kept in the audit trail.
   * @example "has left the company"
   */
  @IsString()
  @MaxLength(1000)
  reason!: string;
}

export class RoleChange {
  /**
   * What the account may do from now on.
   * @example "user"
   */
  @IsEnum(UserRole)
  role!: UserRole;

  /**
   * Why; kept in the audit trail.
   * @example "works in the warehouse now"
   */
  @IsString()
  @MaxLength(1000)
  reason!: string;
}
