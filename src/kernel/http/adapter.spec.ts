import { StreamableFile } from '@nestjs/common';
import type { Response } from 'express';
import { Readable } from 'node:stream';
import { setContext, type RequestContext } from '../context/request-context.js';
import { AerieAdapter } from './adapter.js';

describe('AerieAdapter.reply', () => {
  it('destroys the stream of a file that is returned after the request timed out', () => {
    const request = {};
    setContext(request, { timedOut: new Error('too late') } as RequestContext);
    const stream = Readable.from(['late']);
    new AerieAdapter().reply({ req: request } as Response, new StreamableFile(stream));
    expect(stream.destroyed).toBe(true);
  });
});
