/** Error codes are an interface: each belongs to one class, and keeps its spelling. */
import { lineOf, type Source, withoutComments } from './sources.ts'

export interface ErrorCode {
  code: string
  path: string
  line: number
}

/** Every code that a class of the checkout states. */
export function errorCodes(sources: readonly Source[]): ErrorCode[] {
  return sources.flatMap(({ path, text }) => {
    const code = withoutComments(text)
    const form = /static (?:override )?readonly code(?:: string)? = (['"])([^'"\n]*)\1/g
    return [...code.matchAll(form)].map((match) => ({ code: match[2]!, path, line: lineOf(code, match.index) }))
  })
}

/** Codes that more than one class states. */
export function findDuplicates(codes: readonly ErrorCode[]): ErrorCode[][] {
  return Object.values(Object.groupBy(codes, ({ code }) => code))
    .map((group) => group!)
    .filter((group) => group.length > 1)
}
