import { ApiProperty } from '@nestjs/swagger';
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
  /** Judges every row and writes nothing. */
  @IsBoolean()
  dry_run: boolean = false;

  /** Sends each new account its welcome mail. */
  @IsBoolean()
  welcome: boolean = false;

  /**
   * A UUID of your choice, by which an import that broke off is resumed: send the same file under it again.
   * @example "0d9a2f6e-3f1c-4c55-9f0a-6a5a61820001"
   */
  @IsOptional()
  @IsUUID()
  import_id?: string | null;
}

export class ImportRefusal {
  /**
   * Where the row begins in the file, from 1.
   * @example 3
   */
  line!: number;

  /** What is wrong with it, as a 422 says it. */
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

export class ImportReport {
  dry_run!: boolean;

  /**
   * Rows of the file, without a header.
   * @example 2
   */
  rows!: number;

  /**
   * Accounts that were made, or would be.
   * @example 1
   */
  created!: number;

  /**
   * Rows that were not taken.
   * @example 1
   */
  refused!: number;

  /** The first hundred of those. */
  refusals!: ImportRefusal[];
}
