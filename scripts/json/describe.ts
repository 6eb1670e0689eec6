// What a description of a JSON document is. Its type follows from the document's: the compiler refuses a description that
// lacks a field or has one too many, that names the wrong type, or that does not say when a field is null or absent.

/** The types of values, as the documentation names them. */
export const TYPE_WORDS = {
  text: 'text',
  id: 'text: one of the ids there',
  time: 'text: RFC 3339 in UTC',
  lsn: 'text: position as PostgreSQL prints it',
  number: 'number',
  bytes: 'number of bytes',
  seconds: 'number of seconds',
  milliseconds: 'number of milliseconds',
  flag: 'true or false',
  list: 'list of texts',
  map: 'object',
  any: 'any value',
} as const

type TextWord = 'text' | 'time' | 'lsn'
type NumberWord = 'number' | 'bytes' | 'seconds' | 'milliseconds'

type Present<T> = Exclude<T, null | undefined>
/** A field that can be null says what null means, and an optional one when it is absent. */
type Mentions<T> = (null extends T ? `${string}null${string}` : string) &
  (undefined extends T ? `${string}absent${string}` : string)
type Leaf<T, Word extends string> = `${Word}: ${string}` & Mentions<T>
type IsUnion<T, Whole = T> = T extends Whole ? ([Whole] extends [T] ? false : true) : never
type IsChoice<T> = string extends T ? false : IsUnion<T> extends true ? true : false

/** A field with a fixed set of values, and what each means. */
interface Choice<T> {
  readonly about: Mentions<T>
  readonly values: Readonly<Record<Present<T> & string, string>>
}

/** Fields of every variant of a union. */
type KeysOf<T> = T extends T ? keyof T : never
type FieldOf<T, K extends PropertyKey> = T extends T ? (K extends keyof T ? T[K] : undefined) : never

interface ObjectDescription<T> {
  readonly about: Mentions<T>
  readonly fields: DescribedFields<Present<T>>
}

/** A list of objects; `each` has the fields of an element. */
interface ListDescription<T, Element> {
  readonly about: Mentions<T>
  readonly each: DescribedFields<Element>
}

export type DescribedFields<T> = { readonly [K in KeysOf<Present<T>> & string]-?: Described<FieldOf<Present<T>, K>> }

type Described<T> = unknown extends T
  ? `any: ${string}`
  : [Present<T>] extends [boolean]
    ? Leaf<T, 'flag'>
    : [Present<T>] extends [number]
      ? Leaf<T, NumberWord>
      : [Present<T>] extends [string]
        ? IsChoice<Present<T>> extends true
          ? Choice<T> | Leaf<T, 'id'>
          : Leaf<T, TextWord>
        : [Present<T>] extends [readonly (infer Element)[]]
          ? [Element] extends [string | number]
            ? Leaf<T, 'list'>
            : ListDescription<T, Element>
          : string extends keyof Present<T>
            ? Leaf<T, 'map'>
            : ObjectDescription<T>

/** The same without the type of the document, as the generator and the tests read it. */
export type AnyDescription = string | AnyChoice | AnyObject | AnyList
interface AnyChoice {
  readonly about: string
  readonly values: Readonly<Record<string, string>>
}
interface AnyObject {
  readonly about: string
  readonly fields: Readonly<Record<string, AnyDescription>>
}
interface AnyList {
  readonly about: string
  readonly each: Readonly<Record<string, AnyDescription>>
}

/** A document that a command prints. */
export interface DocumentDescription {
  /** The command, e.g. `pgdeck status --json`. */
  readonly command: string
  /** Its `schema`; null if it has none. */
  readonly schema: string | null
  readonly about: string
  readonly fields: Readonly<Record<string, AnyDescription>>
}

/** Checks the description against the type of the document: `describeDocument<StatusDocument>()({…})`. */
export function describeDocument<Document>() {
  return (
    given: Omit<DocumentDescription, 'fields'> & { readonly fields: DescribedFields<Document> },
  ): DocumentDescription => given as unknown as DocumentDescription
}

/** A part that several documents have. */
export function describePart<Part>() {
  return (fields: DescribedFields<Part>) => fields
}
