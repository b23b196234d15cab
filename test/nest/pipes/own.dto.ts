import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Expose, Transform } from 'class-transformer';
import { IsBoolean, IsEmail, IsInt, IsOptional, IsString, Max, MaxLength, Min, MinLength } from 'class-validator';

export class FlagQuery {
  @ApiPropertyOptional()
  @IsOptional()
  @Transform(({ value }) => value === 'true')
  @IsBoolean()
  active?: boolean;
}

export class NamedDto {
  @Expose({ name: 'first_name' })
  @IsString()
  firstName!: string;
}

export class PriceDto {
  @ApiProperty({ example: 2 })
  @Transform(({ value }) => Math.round(Number(value) * 100))
  @IsInt()
  @Min(0)
  @Max(100_000)
  price!: number;
}

export class GroupedDto {
  @IsString({ groups: ['create'] })
  name!: string;

  @IsInt({ groups: ['update'] })
  id?: number;
}

export class AccountDto {
  @ApiProperty({ example: 'ada@example.com' })
  @IsEmail()
  @MaxLength(99)
  email!: string;

  @ApiProperty({ example: 'long enough' })
  @IsString()
  @MinLength(8)
  @MaxLength(99)
  password!: string;
}

export class PageQuery {
  @ApiPropertyOptional({ example: 1 })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(9)
  page?: number;

  @ApiPropertyOptional()
  @IsOptional()
  @IsBoolean()
  flag?: boolean;
}

export class IdParams {
  @ApiProperty({ example: 1 })
  @IsInt()
  @Min(1)
  @Max(9)
  @Transform(({ value }) => Number(value) + 1)
  id!: number;
}

/** What a handler was given. */
export class Given {
  @ApiProperty({ example: '{}' })
  json!: string;
}

export const given = (value: object): Given => ({ json: `${value.constructor.name} ${JSON.stringify(value)}` });
