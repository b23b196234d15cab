import { Controller, Post, Query, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import { CurrentUser, Roles, UserRole, type Caller } from '../kernel/access/access.js';
import { UploadBody } from '../kernel/http/inputs.js';
import { Returns } from '../kernel/http/returns.js';
import type { Upload } from '../kernel/http/upload.js';
import { ImportQuery, ImportReport } from './imports.dto.js';
import { anotherFile, importRuns } from './imports.errors.js';
import { ImportsService } from './imports.service.js';
import { declaredCharset } from './text-file.js';

const EXAMPLES = {
  'text/csv': `email,name,role
ida@example.com,Ida,user
ann@aerie.example,Ann,user
`,
  'application/x-ndjson': `{"email":"ida@example.com","name":"Ida"}
{"email":"ann@aerie.example","name":"Ann"}
`,
};

@ApiTags('users')
@Controller('users/import')
export class ImportsController {
  constructor(private readonly imports: ImportsService) {}

  /**
   * Makes accounts from a file of CSV or NDJSON. The fields are those of a sign-up; without a `password`, an account's
   * owner has to set one before he signs in. Good rows are made in batches of 500 at most, bad ones are told with their
   * line. Up to 100 MiB in 10 minutes, rows of 10,000 bytes.
   *
   * CSV is taken as spreadsheets write it: separated by commas, semicolons or tabs, names of columns in any letter case,
   * with columns and rows that are empty; in UTF-8, in UTF-16 with a byte order mark, or in the `charset` of the
   * `Content-Type`.
   */
  @Roles(UserRole.admin)
  @Post()
  @Returns(ImportReport, { errors: [anotherFile, importRuns] })
  importUsers(
    @CurrentUser() caller: Caller,
    @Query() query: ImportQuery,
    @UploadBody(EXAMPLES) upload: Upload,
    @Req() request: Request,
  ) {
    return this.imports.run(caller, query, upload, declaredCharset(request.headers['content-type']));
  }
}
