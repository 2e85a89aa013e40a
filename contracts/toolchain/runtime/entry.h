/*
 * Included by builder.c in place of its own method macro. builder.c starts QuickJS and loads the module in every call; here
 * `near_boot` does so once, at build time, and the heap that it leaves becomes the module's data. A method then only calls
 * its function.
 */
#include "extras.h"

#undef DEFINE_NEAR_METHOD

static JSRuntime *runtime;
static JSContext *context;
static JSValue module;

/* All that builder.c adds, less eval: bytecode needs no parser, and without eval the linker drops it. */
static void add_intrinsics(JSContext *ctx) {
  JS_AddIntrinsicBaseObjects(ctx);
  JS_AddIntrinsicDate(ctx);
  JS_AddIntrinsicStringNormalize(ctx);
  JS_AddIntrinsicRegExp(ctx);
  JS_AddIntrinsicJSON(ctx);
  JS_AddIntrinsicProxy(ctx);
  JS_AddIntrinsicMapSet(ctx);
  JS_AddIntrinsicTypedArrays(ctx);
  JS_AddIntrinsicPromise(ctx);
  JS_AddIntrinsicBigInt(ctx);
}

/* Ends the call with the message and the stack of what was thrown, as near-sdk-js does; a thrown text is its own message. */
static __attribute__((noinline)) void panic_with_exception(JSContext *ctx) {
  JSValue error = JS_GetException(ctx);
  size_t message_length, stack_length = 0;
  int is_object = JS_IsObject(error);
  const char *message = JS_ToCStringLen(ctx, &message_length, is_object ? JS_GetPropertyStr(ctx, error, "message") : error);
  const char *stack = is_object ? JS_ToCStringLen(ctx, &stack_length, JS_GetPropertyStr(ctx, error, "stack")) : "";
  char *text = malloc(message_length + 1 + stack_length);
  memcpy(text, message, message_length);
  text[message_length] = '\n';
  memcpy(text + message_length + 1, stack, stack_length);
  panic_utf8(message_length + 1 + stack_length, (uintptr_t)text);
}

/* Runs at build time only; the toolchain drops the export afterwards. */
__attribute__((export_name("near_boot"))) void near_boot(void) {
  runtime = JS_NewRuntime();
  JS_SetMaxStackSize(runtime, JS_STACK_BYTES);
  JS_SetGCThreshold(runtime, (size_t)-1); /* a call ends before a collection would pay */
  context = JS_NewContextRaw(runtime);
  add_intrinsics(context);
  JSValue global = JS_GetGlobalObject(context);
  JS_SetPropertyStr(context, global, "self", JS_DupValue(context, global)); /* else lodash looks for it with Function() */
  JS_FreeValue(context, global);
  js_add_near_host_functions(context);
  add_extras(context);
  module = js_load_module_binary(context, code, code_size);
  if (JS_IsException(module)) panic_with_exception(context);
  js_std_loop(context);
  JS_RunGC(runtime); /* the one collection: what loading left behind */
  memset(code, 0, code_size);
  clear_free_memory();
}

static __attribute__((noinline)) void run_method(const char *name) {
  JSValue method = JS_GetPropertyStr(context, module, name);
  JSValue result = JS_Call(context, method, module, 0, NULL);
  if (JS_IsException(result)) panic_with_exception(context);
  js_std_loop(context);
}

/* The C name has a prefix, so that a method may be called `free` or `input`. */
#define DEFINE_NEAR_METHOD(name) \
  __attribute__((export_name(#name))) void near_method_##name(void) { run_method(#name); }
