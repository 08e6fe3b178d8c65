/* What the parts of the addon share. */
#ifndef HAVIP_BINDING_H
#define HAVIP_BINDING_H

#define NAPI_VERSION 8
#include <node_api.h>

#include "core.h"

#define ARGUMENTS_MAX 6

/* binding-values.c */
napi_value hv_number(napi_env env, double value);
/* The arguments of a call; those that are missing are undefined. */
void hv_arguments(napi_env env, napi_callback_info info, napi_value *values);
/* -1 where it is no number. */
int32_t hv_integer(napi_env env, napi_value value);
/* "" where it is no text; cut to the buffer. */
void hv_text(napi_env env, napi_value value, char *buffer, size_t size);
void hv_set_text(napi_env env, napi_value object, const char *key, const char *content);
/* Throws a NativeError. */
napi_value hv_raise(napi_env env, const char *device, const struct hv_error *error);

/* binding-devices.c */
napi_value hv_js_open_tap(napi_env env, napi_callback_info info);
napi_value hv_js_open_packet(napi_env env, napi_callback_info info);
napi_value hv_js_close_device(napi_env env, napi_callback_info info);
napi_value hv_js_go_first(napi_env env, napi_callback_info info);
napi_value hv_js_go_along(napi_env env, napi_callback_info info);
napi_value hv_js_processor_time(napi_env env, napi_callback_info info);
napi_value hv_js_set_carrier(napi_env env, napi_callback_info info);
napi_value hv_js_signal_wake_up(napi_env env, napi_callback_info info);

#endif
