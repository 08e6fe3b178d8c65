/* Numbers, texts and errors between the core and Node. */
#define _GNU_SOURCE
#include "binding.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

napi_value hv_number(napi_env env, double value) {
  napi_value result = NULL;
  napi_create_double(env, value, &result);
  return result;
}

void hv_arguments(napi_env env, napi_callback_info info, napi_value *values) {
  size_t count = ARGUMENTS_MAX;
  napi_get_cb_info(env, info, &count, values, NULL, NULL);
}

int32_t hv_integer(napi_env env, napi_value value) {
  int32_t result = -1;
  napi_get_value_int32(env, value, &result);
  return result;
}

void hv_set_text(napi_env env, napi_value object, const char *key, const char *content) {
  napi_value value;
  napi_create_string_utf8(env, content, NAPI_AUTO_LENGTH, &value);
  napi_set_named_property(env, object, key, value);
}

/* "tap0: TUNSETIFF: EBUSY, device or resource busy", with code, errno and device. */
napi_value hv_raise(napi_env env, const char *device, const struct hv_error *error) {
  char line[256], meaning[128], code[32];
  napi_value message, value;
#ifdef __GLIBC__
  const char *name = strerrorname_np(error->number);
#else
  const char *name = NULL;
#endif
  if (name != NULL) snprintf(code, sizeof code, "%s", name);
  else snprintf(code, sizeof code, "E%d", error->number);
  snprintf(meaning, sizeof meaning, "%s", strerror(error->number));
  meaning[0] = (char)tolower((unsigned char)meaning[0]);
  snprintf(line, sizeof line, "%s: %s: %s, %s", device, error->step, code, meaning);
  napi_create_string_utf8(env, line, NAPI_AUTO_LENGTH, &message);
  napi_create_error(env, NULL, message, &value);
  hv_set_text(env, value, "name", "NativeError");
  hv_set_text(env, value, "code", code);
  hv_set_text(env, value, "device", device);
  napi_set_named_property(env, value, "errno", hv_number(env, error->number));
  napi_throw(env, value);
  return NULL;
}

void hv_text(napi_env env, napi_value value, char *buffer, size_t size) {
  buffer[0] = 0;
  napi_get_value_string_utf8(env, value, buffer, size, NULL);
}
