import { ApiSchema } from '@nestjs/swagger';
import { IsEnum, IsString, MaxLength } from 'class-validator';
import { UserRole } from '../kernel/access/access.js';

@ApiSchema({ description: 'The reason for disabling or enabling an account.' })
export class AccountStatusReason {
  /**
   * Why the account is disabled or enabled. The reason is stored in the audit trail.
   * @example "has left the company"
   */
  @IsString()
  @MaxLength(1000)
  reason!: string;
}

@ApiSchema({ description: 'A new role for an account, and the reason for it.' })
export class RoleChange {
  /**
   * The new role. It applies to the next request of the user.
   * @example "user"
   */
  @IsEnum(UserRole)
  role!: UserRole;

  /**
   * Why the role changes. The reason is stored in the audit trail.
   * @example "works in the warehouse now"
   */
  @IsString()
  @MaxLength(1000)
  reason!: string;
}
