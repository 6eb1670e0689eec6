// Instants in file names.

/** `20261122T143207Z`. */
export function fileTimestamp(at: number): string {
  return new Date(at).toISOString().replace(/\.\d+/, '').replace(/[-:]/g, '')
}
