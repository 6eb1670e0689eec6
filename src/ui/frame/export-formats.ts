// The formats of an exported screen, and the names of the files.

export interface ExportFormat {
  readonly title: string
  readonly explains: string
  readonly extension: 'txt' | 'svg' | 'json'
}

export const EXPORT_FORMATS: readonly ExportFormat[] = [
  { title: 'text', explains: 'the screen as text, without colours', extension: 'txt' },
  { title: 'SVG', explains: 'a picture of the screen, for a ticket or a report', extension: 'svg' },
  { title: 'JSON', explains: 'the status document of all clusters, as status --json prints it', extension: 'json' },
]

/** `pgdeck-20261122-143207.svg`, in the user's local time. */
export function exportFileName({ extension }: ExportFormat, at: number): string {
  const time = new Date(at)
  const two = (number: number) => String(number).padStart(2, '0')
  const day = `${time.getFullYear()}${two(time.getMonth() + 1)}${two(time.getDate())}`
  return `pgdeck-${day}-${two(time.getHours())}${two(time.getMinutes())}${two(time.getSeconds())}.${extension}`
}
