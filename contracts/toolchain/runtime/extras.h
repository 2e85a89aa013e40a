/*
 * Host functions of NEAR that builder.c of near-sdk-js 2.0.0 does not bind. To add one: write its binding as below and name it
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

/* name, number of arguments */
#define NEAR_EXTRAS(BIND) BIND(ed25519_verify, 3)

static void add_extras(JSContext *ctx) {
  JSValue global = JS_GetGlobalObject(ctx);
  JSValue env = JS_GetPropertyStr(ctx, global, "env");
#define BIND(name, count) JS_SetPropertyStr(ctx, env, #name, JS_NewCFunction(ctx, near_##name, #name, count));
  NEAR_EXTRAS(BIND)
#undef BIND
  JS_FreeValue(ctx, env);
  JS_FreeValue(ctx, global);
}
