/* The QuickJS compiler as three wasm exports, run in Node at build time: a module's source in, its bytecode out. */
#include <stdlib.h>
#include <string.h>
#include "engine.h"

static uint8_t *output;
static size_t output_length;

__attribute__((export_name("allocate"))) void *allocate(size_t bytes) { return malloc(bytes); }
__attribute__((export_name("output_pointer"))) void *output_pointer(void) { return output; }
__attribute__((export_name("output_length"))) size_t get_output_length(void) { return output_length; }

/* `source` ends in a zero that `length` does not count. Returns 0, or -1 with the error's text as output. */
__attribute__((export_name("compile"))) int compile(const char *source, size_t length) {
  JSRuntime *runtime = JS_NewRuntime();
  JS_SetMaxStackSize(runtime, JS_STACK_BYTES);
  JSContext *ctx = JS_NewContext(runtime);
  JSValue module = JS_Eval(ctx, source, length, "contract.js", JS_EVAL_TYPE_MODULE | JS_EVAL_FLAG_COMPILE_ONLY);
  if (JS_IsException(module)) {
    JSValue error = JS_GetException(ctx);
    const char *message = JS_ToCString(ctx, error);
    const char *stack = JS_ToCString(ctx, JS_GetPropertyStr(ctx, error, "stack"));
    output = malloc(strlen(message) + strlen(stack) + 2);
    strcpy((char *)output, message);
    strcat((char *)output, "\n");
    strcat((char *)output, stack);
    output_length = strlen((char *)output);
    return -1;
  }
  output = JS_WriteObject(ctx, &output_length, module, JS_WRITE_OBJ_BYTECODE);
  return output ? 0 : -1;
}
