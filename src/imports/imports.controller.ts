import { Controller, Post, Query, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import { CurrentUser, Roles, UserRole, type Caller } from '../kernel/access/access.js';
import { UploadBody } from '../kernel/http/body.decorators.js';
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
   * Creates accounts from a CSV or NDJSON file. The fields are those of `POST /users`. `password` is optional: without
   * one, the user must set it with `POST /auth/password/forgot` before the first sign-in. Valid rows are created in
   * batches of up to 500; invalid rows are skipped and reported with their line number. Limits: 100 MiB and 10 minutes
   * per file, 10,000 bytes per row.
   *
   * A CSV file can come from a spreadsheet. Its first row has the column names, in any letter case. The separator is a
   * comma, a semicolon or a tab. Empty rows, empty columns and unknown columns are ignored. The charset is UTF-8,
   * UTF-16 with a byte order mark, or the `charset` of the `Content-Type`.
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
