import { ConnectionError, IntegrityError } from './errors.js';
import type { ExportResponse } from './generated/types.gen.js';
import type { Prepared } from './request.js';
import { Sha256 } from './sha256.js';
import { received, type Identity, type Transport } from './transport.js';

export interface DownloadOptions {
  readonly signal?: AbortSignal;
  /** Milliseconds until the next part of the file must arrive, retries included. */
  readonly deadlineMs?: number;
  /** Milliseconds that one attempt waits for the next part. */
  readonly attemptMs?: number;
}

/**
 * Returns a function that streams the file of an export, which must be ready. If the connection is cut, the download
 * resumes at the same byte. The stream fails with IntegrityError if the file is not complete and unchanged.
 */
export function downloader(transport: Transport, identity: () => Identity) {
  return async (id: number, options: DownloadOptions = {}): Promise<ReadableStream<Uint8Array>> => {
    const whose = identity();
    const { data } = await transport.send('getExport', { path: id }, options, whose);
    const running = new Download(transport, data as ExportResponse, { options, identity: whose });
    let next: Promise<Uint8Array | undefined> | undefined = running.next();
    await next; // rejects a refused download before the first read
    const pull = async (controller: ReadableStreamDefaultController<Uint8Array>) => {
      const bytes = await (next ?? running.next());
      next = undefined;
      if (bytes === undefined) controller.close();
      else controller.enqueue(bytes);
    };
    return new ReadableStream({ pull, cancel: () => running.cancel() }, { highWaterMark: 0 });
  };
}

class Download {
  private readonly cancelled = new AbortController();
  private readonly options: DownloadOptions & { readonly signal: AbortSignal };
  private readonly hash = new Sha256();
  private readonly request: Prepared;
  private offset = 0;
  private skip = 0;
  private connection: { reader: ReadableStreamDefaultReader<Uint8Array>; end: () => void } | undefined;

  constructor(
    private readonly transport: Transport,
    private file: ExportResponse,
    private readonly given: { readonly options: DownloadOptions; readonly identity: Identity },
  ) {
    const { signal } = given.options;
    const signals = [this.cancelled.signal, ...(signal === undefined ? [] : [signal])];
    this.options = { ...given.options, signal: AbortSignal.any(signals) };
    this.request = transport.prepare('downloadExport', { path: file.id }, {});
  }

  /**
   * Returns the next bytes of the file, or undefined at the end. Throws IntegrityError if the file is not what the
   * server has.
   */
  async next(): Promise<Uint8Array | undefined> {
    const { size_bytes, sha256 } = this.file;
    if (size_bytes !== null && this.offset >= size_bytes) {
      this.leave();
      const isWhole = this.offset === size_bytes && this.hash.digest() === sha256;
      if (!isWhole)
        throw new IntegrityError(`The file of export ${this.file.id} does not have the expected size and SHA-256`);
      return undefined;
    }
    const bytes = await this.transport.repeat(this.request, this.options, (signal) => this.read(signal));
    if (bytes === undefined) return this.next();
    this.offset += bytes.length;
    this.hash.update(bytes);
    return bytes;
  }

  /** Ends the download, also if a read waits for bytes. */
  cancel(): void {
    this.cancelled.abort(new Error('The download was cancelled'));
  }

  private leave(): void {
    this.connection?.end();
    this.connection = undefined;
  }

  /** Returns the next bytes, or undefined if it has turned out that there are no more. */
  private async read(signal: AbortSignal): Promise<Uint8Array | undefined> {
    try {
      const { reader } = (this.connection ??= await this.open(signal));
      if (this.file.size_bytes === null) {
        // The export became ready after it was read. Without its size, the end cannot be told from a cut.
        this.file = await this.description(signal);
        if (this.file.size_bytes === 0) return undefined;
      }
      for (;;) {
        const { value } = await received(this.request, () => reader.read(), signal);
        if (value === undefined)
          throw new ConnectionError(
            'downloadExport',
            undefined,
            new Error('The connection closed before the end of the file'),
          );
        const skipped = Math.min(this.skip, value.length);
        this.skip -= skipped;
        if (skipped < value.length) return value.subarray(skipped);
      }
    } catch (error) {
      this.leave();
      throw error;
    }
  }

  /** Returns the description of the finished file. Throws ConnectionError if the server does not have it yet. */
  private async description(signal: AbortSignal): Promise<ExportResponse> {
    const request = this.transport.prepare('getExport', { path: this.file.id }, {});
    const file = (await this.transport.attempt(request, this.given.identity, signal)).data as ExportResponse;
    if (file.size_bytes === null)
      throw new ConnectionError('getExport', undefined, new Error('The export has no size yet'));
    return file;
  }

  private async open(signal: AbortSignal) {
    const { offset, file, request } = this;
    if (offset > 0) {
      request.headers.set('Range', `bytes=${offset}-`);
      request.headers.set('If-Range', `"${file.sha256}"`);
    }
    // The body lasts longer than the attempt that opened it, so it gets its own signal.
    const controller = new AbortController();
    const end = () => controller.abort(new Error('No longer needed'));
    // An abort between two reads also releases the connection.
    const any = AbortSignal.any([signal, this.options.signal, controller.signal]);
    const response = await this.transport.open(request, this.given.identity, any);
    this.skip = response.status === 206 ? 0 : offset;
    return { reader: response.body!.getReader(), end };
  }
}
