import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { IsBoolean, IsOptional, IsString, IsUUID, MaxLength, MinLength } from 'class-validator';
import type { FieldError } from '../kernel/errors/validation-failed.js';
import { HasUpperCase, IsOpaqueString } from '../kernel/validation/fields.js';
import { Secret } from '../kernel/validation/secret.js';
import { UserBase } from '../users/users.dto.js';

/** A row of the file. */
export class UserImportRow extends UserBase {
  @Secret()
  @IsOptional()
  @IsString()
  @IsOpaqueString()
  @MinLength(8)
  @MaxLength(128)
  @HasUpperCase('Password must contain uppercase letter')
  password?: string | null;
}

export class ImportQuery {
  /** If true, all rows are checked, but no account is created. */
  @IsBoolean()
  dry_run: boolean = false;

  /** If true, each new account gets a welcome mail. */
  @IsBoolean()
  welcome: boolean = false;

  /**
   * A UUID of your choice. If the import is interrupted, send the same file with the same UUID: the import continues
   * after the last completed batch. You can continue an import for 30 days.
   * @example "0d9a2f6e-3f1c-4c55-9f0a-6a5a61820001"
   */
  @IsOptional()
  @IsUUID()
  import_id?: string | null;
}

@ApiSchema({ description: 'A row of the file that was refused.' })
export class ImportRefusal {
  /**
   * The line of the file where the row begins. The first line is 1.
   * @example 3
   */
  line!: number;

  /** The errors of the row, in the format of the `detail` of a 422. */
  @ApiProperty({
    type: 'array',
    items: { $ref: '#/components/schemas/ValidationError' },
    example: [
      {
        type: 'value_error',
        loc: ['body', 3, 'email'],
        msg: 'Value error, Email already registered',
        input: 'ann@aerie.example',
        ctx: { error: {} },
      },
    ],
  })
  detail!: FieldError[];
}

@ApiSchema({ description: 'The result of an import.' })
export class ImportReport {
  /** True if the rows were only checked and nothing was created. */
  dry_run!: boolean;

  /**
   * Number of rows in the file, without the header.
   * @example 2
   */
  rows!: number;

  /**
   * Number of accounts created, or that would be created in a dry run.
   * @example 1
   */
  created!: number;

  /**
   * Number of rows refused.
   * @example 1
   */
  refused!: number;

  /** The first 100 refused rows, with their errors. */
  refusals!: ImportRefusal[];
}
