import { Injectable, type ArgumentMetadata, type PipeTransform } from '@nestjs/common';
import { MAX_ID } from '../database/ids.js';
import type { NamedError } from '../errors/app-error.js';
import { ValidationFailed, type FieldError } from '../errors/validation-failed.js';
import { checkParameter, type ParameterType } from '../validation/check-parameter.js';

/**
 * Parses the id of a row: `@Param('post_id', new IdPipe(postNotFound))`. An id that no row can have throws `notFound`.
 */
@Injectable()
export class IdPipe implements PipeTransform<unknown, number> {
  readonly type = 'integer';

  constructor(readonly notFound: NamedError<[string]>) {}

  /** `value` is a number if the global pipe has parsed it, otherwise a string. Throws `notFound` or ValidationFailed. */
  transform(value: unknown, { data }: ArgumentMetadata): number {
    const id = typeof value === 'string' ? checked(value, data, 'integer') : value;
    if (typeof id !== 'number' || id < 1 || id > MAX_ID) throw this.notFound(String(id));
    return id;
  }
}

/** The same for ids that are UUIDs. */
@Injectable()
export class UuidPipe implements PipeTransform<string, string> {
  readonly type = 'uuid';

  constructor(readonly notFound: NamedError<[string]>) {}

  /** Throws ValidationFailed. */
  transform(value: string, { data }: ArgumentMetadata): string {
    return checked(value, data, 'uuid') as string;
  }
}

function checked(text: string, name: string | undefined, type: ParameterType): unknown {
  const errors: FieldError[] = [];
  const value = checkParameter(text, type, ['path', ...(name === undefined ? [] : [name])], errors);
  if (errors.length > 0) throw new ValidationFailed(errors);
  return value;
}
