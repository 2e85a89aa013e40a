/*
 * Memory functions that are cheap in gas. NEAR charges bulk memory instructions per byte and plain loads per instruction, so
 * copying eight bytes a step costs an eighth; and a contract lives for one call, so the allocator never searches: it hands
 * out the last freed block of a size class, or the next bytes of a heap that only grows.
 */
#include <stddef.h>
#include <stdint.h>

typedef uint64_t __attribute__((aligned(1), may_alias)) word; /* wasm loads any address */

void *memcpy(void *restrict target, const void *restrict source, size_t count) {
  uint8_t *to = target;
  const uint8_t *from = source;
  for (; count >= 32; to += 32, from += 32, count -= 32) {
    word *a = (word *)to;
    const word *b = (const word *)from;
    a[0] = b[0], a[1] = b[1], a[2] = b[2], a[3] = b[3];
  }
  for (; count >= 8; to += 8, from += 8, count -= 8) *(word *)to = *(const word *)from;
  while (count--) *to++ = *from++;
  return target;
}

void *memmove(void *target, const void *source, size_t count) {
  uint8_t *to = target;
  const uint8_t *from = source;
  if (to <= from || to >= from + count) {
    /* Upwards is safe word by word: a word is read before it, or anything after it, is written. */
    for (; count >= 8; to += 8, from += 8, count -= 8) *(word *)to = *(const word *)from;
    while (count--) *to++ = *from++;
  } else {
    to += count, from += count;
    for (; count >= 8; count -= 8) to -= 8, from -= 8, *(word *)to = *(const word *)from;
    while (count--) *--to = *--from;
  }
  return target;
}

void *memset(void *target, int byte, size_t count) {
  uint8_t *to = target;
  uint64_t pattern = 0x0101010101010101ull * (uint8_t)byte;
  for (; count >= 32; to += 32, count -= 32) {
    word *a = (word *)to;
    a[0] = pattern, a[1] = pattern, a[2] = pattern, a[3] = pattern;
  }
  for (; count >= 8; to += 8, count -= 8) *(word *)to = pattern;
  while (count--) *to++ = (uint8_t)byte;
  return target;
}

/*
 * Size classes, in units of 16 bytes: 1, 2 … 64 units (1 KiB), then four steps to each doubling, up to 2 GiB. A block of a
 * class is never split or joined, so both `malloc` and `free` are a few instructions; rounding up wastes at most a quarter.
 * Blocks of any size are reused: without that, an array or text that grows by steps would leave its whole history behind.
 */
#define UNIT 16
#define SMALL 64
#define CLASSES (SMALL + 1 + 4 * 21)
#define HEADER 8 /* the class before each block; payloads are aligned to 8 */

extern unsigned char __heap_base;
static uintptr_t heap_top;
static uintptr_t heap_limit;
static void *freed[CLASSES];

/* The class whose blocks hold `units`, and the units that its blocks have. */
static uint32_t class_of(uint32_t units, uint32_t *rounded) {
  if (units <= SMALL) {
    *rounded = units;
    return units;
  }
  uint32_t shift = 29 - __builtin_clz(units - 1); /* steps of 2^shift units: a quarter of the power of two below */
  uint32_t steps = ((units - 1) >> shift) + 1;    /* 5..8 */
  *rounded = steps << shift;
  return SMALL + 4 * (shift - 4) + steps - 4;
}

static uint32_t units_of(uint32_t class) {
  if (class <= SMALL) return class;
  uint32_t beyond = class - SMALL - 1;
  return (beyond % 4 + 5) << (beyond / 4 + 4);
}

static uint32_t *header(void *block) { return (uint32_t *)((uintptr_t)block - HEADER); }

static __attribute__((noinline)) int grow(uintptr_t needed) {
  uintptr_t end = (uintptr_t)__builtin_wasm_memory_size(0) << 16;
  if (needed > end) {
    size_t pages = ((needed - end) + 65535) >> 16;
    if (pages < 16) pages = 16;
    if (__builtin_wasm_memory_grow(0, pages) == (size_t)-1) return -1;
    end = (uintptr_t)__builtin_wasm_memory_size(0) << 16;
  }
  heap_limit = end;
  return 0;
}

void *malloc(size_t bytes) {
  if (bytes > 0x7fff0000) return 0;
  uint32_t units;
  uint32_t class = class_of((uint32_t)((bytes + HEADER + UNIT - 1) / UNIT), &units);
  void *block = freed[class];
  if (block) {
    freed[class] = *(void **)block;
    return block;
  }
  if (!heap_top) heap_top = ((uintptr_t)&__heap_base + UNIT - 1) & ~(uintptr_t)(UNIT - 1);
  uintptr_t end = heap_top + (uintptr_t)units * UNIT;
  if (end > heap_limit && grow(end)) return 0;
  block = (void *)(heap_top + HEADER);
  *header(block) = class;
  heap_top = end;
  return block;
}

void free(void *block) {
  if (!block) return;
  uint32_t class = *header(block);
  if ((uintptr_t)header(block) + (uintptr_t)units_of(class) * UNIT == heap_top) {
    heap_top = (uintptr_t)header(block); /* the newest block goes back to the heap */
    return;
  }
  *(void **)block = freed[class];
  freed[class] = block;
}

void *realloc(void *block, size_t bytes) {
  if (!block) return malloc(bytes);
  if (bytes > 0x7fff0000) return 0;
  uint32_t held = units_of(*header(block));
  uint32_t units;
  uint32_t class = class_of((uint32_t)((bytes + HEADER + UNIT - 1) / UNIT), &units);
  if (units <= held) return block;
  if ((uintptr_t)header(block) + (uintptr_t)held * UNIT == heap_top) {
    uintptr_t end = (uintptr_t)header(block) + (uintptr_t)units * UNIT; /* the newest block grows where it is */
    if (end > heap_limit && grow(end)) return 0;
    heap_top = end;
    *header(block) = class;
    return block;
  }
  void *larger = malloc(bytes);
  if (!larger) return 0;
  memcpy(larger, block, (size_t)held * UNIT - HEADER);
  free(block);
  return larger;
}

void *calloc(size_t count, size_t size) {
  size_t bytes;
  if (__builtin_mul_overflow(count, size, &bytes)) return 0;
  void *block = malloc(bytes);
  if (block) memset(block, 0, bytes);
  return block;
}

/* What freed blocks and the heap's unused end still hold is nobody's, and zeros take no room in a snapshot. */
void clear_free_memory(void) {
  for (uint32_t class = 1; class < CLASSES; class++) {
    for (void *block = freed[class]; block; block = *(void **)block) {
      memset((void **)block + 1, 0, (size_t)units_of(class) * UNIT - HEADER - sizeof(void *));
    }
  }
  memset((void *)heap_top, 0, ((uintptr_t)__builtin_wasm_memory_size(0) << 16) - heap_top);
}
