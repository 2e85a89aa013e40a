/*
 * Host functions of NEAR that builder.c of near-sdk-js 2.0.0 does not bind, and hex, which costs a contract twenty times
 * less here than in JavaScript. To add one: write its binding as below and name it
 * in the table; it then appears as `env.<name>` in the contract. An import that is never called costs about 60 bytes, so
 * the table holds what a contract of ours uses.
 */

/* Signature (64 bytes), message, public key (32 bytes): 1n when it fits, else 0n. Since protocol 59. */
extern uint64_t ed25519_verify(uint64_t signature_len, uint64_t signature_ptr, uint64_t message_len, uint64_t message_ptr,
                               uint64_t key_len, uint64_t key_ptr);

static JSValue near_ed25519_verify(JSContext *ctx, JSValueConst this_value, int argc, JSValueConst *argv) {
  size_t signature_len, message_len, key_len;
  uint8_t *signature = JS_Uint8Array_to_C(ctx, argv[0], &signature_len);
  uint8_t *message = JS_Uint8Array_to_C(ctx, argv[1], &message_len);
  uint8_t *key = JS_Uint8Array_to_C(ctx, argv[2], &key_len);
  if (!signature || !message || !key) return JS_ThrowTypeError(ctx, "Expect Uint8Array for signature, message and key");
  return JS_NewBigUint64(ctx, ed25519_verify(signature_len, (uintptr_t)signature, message_len, (uintptr_t)message, key_len,
                                             (uintptr_t)key));
}

/* Uint8Array to lower-case hex. */
static JSValue near_hex_encode(JSContext *ctx, JSValueConst this_value, int argc, JSValueConst *argv) {
  static const char digits[] = "0123456789abcdef";
  size_t length;
  uint8_t *bytes = JS_Uint8Array_to_C(ctx, argv[0], &length);
  if (!bytes) return JS_ThrowTypeError(ctx, "Expect Uint8Array");
  char *hex = js_malloc(ctx, 2 * length + 1);
  for (size_t i = 0; i < length; i++) {
    hex[2 * i] = digits[bytes[i] >> 4];
    hex[2 * i + 1] = digits[bytes[i] & 15];
  }
  return JS_NewStringLenRaw(ctx, hex, 2 * length);
}

/* 0..15, or -1 for what is no lower-case hex digit. */
static inline int hex_digit(uint8_t c) {
  if (c >= '0' && c <= '9') return c - '0';
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Text to Uint8Array; null when it is not lower-case hex of whole bytes. */
static JSValue near_hex_decode(JSContext *ctx, JSValueConst this_value, int argc, JSValueConst *argv) {
  size_t length;
  const uint8_t *text = near_latin1(argv[0], &length);
  if (!text || length % 2 != 0) return JS_NULL;
  uint8_t *bytes = js_malloc(ctx, length / 2 + 1);
  for (size_t i = 0; i < length; i += 2) {
    int byte = hex_digit(text[i]) * 16 + hex_digit(text[i + 1]);
    if (hex_digit(text[i]) < 0 || hex_digit(text[i + 1]) < 0) return JS_NULL;
    bytes[i / 2] = (uint8_t)byte;
  }
  return near_new_uint8array(ctx, bytes, length / 2);
}

/* Whether a value is text of lower-case hex digits. */
static JSValue near_is_hex(JSContext *ctx, JSValueConst this_value, int argc, JSValueConst *argv) {
  size_t length;
  const uint8_t *text = near_latin1(argv[0], &length);
  if (!text) return JS_FALSE;
  for (size_t i = 0; i < length; i++) {
    if (hex_digit(text[i]) < 0) return JS_FALSE;
  }
  return JS_TRUE;
}

/* name, number of arguments */
#define NEAR_EXTRAS(BIND) \
  BIND(ed25519_verify, 3) \
  BIND(hex_encode, 1)     \
  BIND(hex_decode, 1)     \
  BIND(is_hex, 1)

static void add_extras(JSContext *ctx) {
  JSValue global = JS_GetGlobalObject(ctx);
  JSValue env = JS_GetPropertyStr(ctx, global, "env");
#define BIND(name, count) JS_SetPropertyStr(ctx, env, #name, JS_NewCFunction(ctx, near_##name, #name, count));
  NEAR_EXTRAS(BIND)
#undef BIND
  JS_FreeValue(ctx, env);
  JS_FreeValue(ctx, global);
}
