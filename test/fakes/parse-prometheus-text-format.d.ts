// The shape of what the library parse-prometheus-text-format gives; it brings no types of its own.

declare module 'parse-prometheus-text-format' {
  interface ParsedFamily {
    readonly name: string
    readonly help: string
    readonly type: string
    readonly metrics: readonly { readonly value: string; readonly labels?: Readonly<Record<string, string>> }[]
  }
  const parse: (text: string) => readonly ParsedFamily[]
  export default parse
}
