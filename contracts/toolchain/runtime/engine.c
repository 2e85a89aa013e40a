/* QuickJS as one unit with the seven functions that near-sdk-js adds to it, and two of ours. Being one unit, they may use QuickJS's internals. */
#include "quickjs.c"

JSValue near_new_bigint(JSContext *ctx) { return JS_NewBigInt(ctx); }

bf_t *near_get_bigint(JSValueConst value) { return JS_GetBigInt(value); }

int JS_ToUint64Ext(JSContext *ctx, uint64_t *result, JSValueConst value) {
  if (JS_IsBigInt(ctx, value)) {
    bf_t *big = JS_GetBigInt(value);
    int negative = big->sign && big->expn != BF_EXP_ZERO;
    if (negative || big->expn > 64) return -1;
    return bf_get_uint64(result, big) ? -1 : 0;
  }
  int64_t number;
  if (JS_ToInt64Ext(ctx, &number, value) < 0 || number < 0) return -1;
  *result = (uint64_t)number;
  return 0;
}

JSValue JS_NewStringLenRaw(JSContext *ctx, const char *bytes, size_t length) {
  return js_new_string8(ctx, (const uint8_t *)bytes, (int)length);
}

/* The bytes of a Uint8Array as a C string of their own, or NULL when `value` is none. */
static char *copy_bytes(JSContext *ctx, size_t *length, JSValueConst value) {
  if (!JS_IsObject(value) || JS_VALUE_GET_OBJ(value)->class_id != JS_CLASS_UINT8_ARRAY) return NULL;
  JSObject *array = JS_VALUE_GET_OBJ(value);
  *length = array->u.array.count;
  char *bytes = js_malloc(ctx, *length + 1);
  memcpy(bytes, array->u.array.u.uint8_ptr, *length);
  bytes[*length] = 0;
  return bytes;
}

/*
 * near-sdk-js 2.0.0 passes a Uint8Array where builder.c asks for text (promise_batch_action_function_call_weight); the plain
 * conversion would send the array's decimal list as the call's arguments.
 */
const char *JS_ToCStringLenRaw(JSContext *ctx, size_t *length, JSValueConst value) {
  char *copy = copy_bytes(ctx, length, value);
  if (copy) return copy;
  JSValue text = JS_IsString(value) ? JS_DupValue(ctx, value) : JS_ToString(ctx, value);
  *length = 0;
  if (JS_IsException(text)) return NULL;
  JSString *string = JS_VALUE_GET_STRING(text);
  uint32_t count = string->len;
  char *bytes = js_malloc(ctx, count + 1);
  if (string->is_wide_char) {
    for (uint32_t i = 0; i < count; i++) bytes[i] = (char)string->u.str16[i];
  } else {
    memcpy(bytes, string->u.str8, count);
  }
  bytes[count] = 0;
  *length = count;
  JS_FreeValue(ctx, text);
  return bytes;
}

const uint8_t *near_latin1(JSValueConst value, size_t *length) {
  if (!JS_IsString(value)) return NULL;
  JSString *string = JS_VALUE_GET_STRING(value);
  if (string->is_wide_char) return NULL;
  *length = string->len;
  return string->u.str8;
}

JSValue near_new_uint8array(JSContext *ctx, uint8_t *bytes, size_t length) {
  JSValue buffer = JS_NewArrayBuffer(ctx, bytes, length, NULL, NULL, FALSE);
  JSValueConst arguments[] = {buffer, JS_UNDEFINED, JS_UNDEFINED}; /* offset and length: all of it */
  return js_typed_array_constructor(ctx, JS_UNDEFINED, 3, arguments, JS_CLASS_UINT8_ARRAY);
}

JSValue js_load_module_binary(JSContext *ctx, const uint8_t *bytes, size_t length) {
  JSValue module = JS_ReadObject(ctx, bytes, length, JS_READ_OBJ_BYTECODE);
  if (JS_IsException(module)) return module;
  JSModuleDef *definition = JS_VALUE_GET_PTR(module);
  if (JS_ResolveModule(ctx, module) < 0) return JS_EXCEPTION;
  JSValue result = JS_EvalFunction(ctx, module); /* takes `module` over */
  if (JS_IsException(result)) return result;
  return js_get_module_ns(ctx, definition);
}

void js_std_loop(JSContext *ctx) {
  JSContext *owner;
  while (JS_ExecutePendingJob(JS_GetRuntime(ctx), &owner) > 0) {
  }
}
