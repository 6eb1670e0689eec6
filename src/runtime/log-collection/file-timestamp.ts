// Instants in names of files.

/** `20261122T143207Z`. */
export function fileTimestamp(at: number): string {
  return new Date(at).toISOString().replace(/\.\d+/, '').replace(/[-:]/g, '')
}
