// The part of write-file-atomic that is used; the package brings no types.

declare module 'write-file-atomic' {
  export interface WriteOptions {
    readonly mode?: number
    readonly encoding?: BufferEncoding
  }
  /** Writes beside the file, syncs and renames, so that a reader sees the old or the new content, never a part. */
  export default function writeFileAtomic(path: string, content: string, options?: WriteOptions): Promise<void>
}
