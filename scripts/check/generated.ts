/** A generated file says in its first line which script makes it, so that nobody mends it by hand. */
import type { Source } from './sources.ts'

/** Paths of .gen.ts files whose first line names no script, or one that `exists` denies. */
export function findUnnamed(sources: readonly Source[], exists: (path: string) => boolean): string[] {
  const generated = sources.filter(({ path }) => /\.gen\.tsx?$/.test(path))
  return generated.filter(({ text }) => !namesGenerator(text, exists)).map(({ path }) => path)
}

function namesGenerator(text: string, exists: (path: string) => boolean): boolean {
  const generator = /\b(?:scripts|contracts)\/[\w/.-]+\.ts\b/.exec(text.split('\n', 1)[0]!)?.[0]
  return generator !== undefined && exists(generator)
}
