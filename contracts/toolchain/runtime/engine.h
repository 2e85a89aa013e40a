/* What builder.c of near-sdk-js expects from its own QuickJS fork, on plain QuickJS 2021-03-27. Implemented in engine.c. */
#ifndef ENGINE_H
#define ENGINE_H
#include <stdint.h>
#include <stdlib.h>
#include "quickjs.h"
#include "libbf.h"
#include "cutils.h"

/* Of the 256 KiB that the linker gives the stack; QuickJS throws when it is used, and what remains is for C below a check. */
#define JS_STACK_BYTES (224 * 1024)

/* QuickJS keeps these two to itself under the same names. */
#define JS_NewBigInt near_new_bigint
#define JS_GetBigInt near_get_bigint
JSValue near_new_bigint(JSContext *ctx);
bf_t *near_get_bigint(JSValueConst value);

/* A number or BigInt of 0..2^64-1. Returns 0, or -1 when it is none. */
int JS_ToUint64Ext(JSContext *ctx, uint64_t *result, JSValueConst value);

/* Bytes as a string of the characters 0..255, and back. */
JSValue JS_NewStringLenRaw(JSContext *ctx, const char *bytes, size_t length);
const char *JS_ToCStringLenRaw(JSContext *ctx, size_t *length, JSValueConst value);

/* The characters of a text that has none above 255, where they lie; NULL for other values. */
const uint8_t *near_latin1(JSValueConst value, size_t *length);

/* A Uint8Array over `bytes`, which it takes over. */
JSValue near_new_uint8array(JSContext *ctx, uint8_t *bytes, size_t length);

/* Reads a module's bytecode, runs its top level and returns its namespace. */
JSValue js_load_module_binary(JSContext *ctx, const uint8_t *bytes, size_t length);

/* Runs what promises have queued. */
void js_std_loop(JSContext *ctx);

/* Zeros what the allocator holds free (memory.c). */
void clear_free_memory(void);
#endif
