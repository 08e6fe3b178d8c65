/* The devices of the core for Node: they belong to whoever has their descriptor. */
#define _GNU_SOURCE
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "binding.h"

static napi_value device_object(napi_env env, const struct hv_device *device, int has_mtu) {
  napi_value object, flag;
  napi_create_object(env, &object);
  napi_set_named_property(env, object, "fd", hv_number(env, device->fd));
  hv_set_text(env, object, "name", device->name);
  napi_get_boolean(env, device->has_offload != 0, &flag);
  napi_set_named_property(env, object, "hasOffload", flag);
  if (has_mtu) napi_set_named_property(env, object, "mtu", hv_number(env, device->mtu));
  return object;
}

/* openTap(name, offload, persistent) */
napi_value hv_js_open_tap(napi_env env, napi_callback_info info) {
  napi_value values[ARGUMENTS_MAX];
  char name[64];
  struct hv_device device = {0};
  struct hv_error error;
  hv_arguments(env, info, values);
  hv_text(env, values[0], name, sizeof name);
  int offload = hv_integer(env, values[1]), persistent = hv_integer(env, values[2]);
  if (hv_open_tap(name, offload, persistent, &device, &error) < 0) {
    return hv_raise(env, name, &error);
  }
  return device_object(env, &device, 0);
}

/* openPacket(name, protocol, promiscuous, offload, outgoing, netns) */
napi_value hv_js_open_packet(napi_env env, napi_callback_info info) {
  napi_value values[ARGUMENTS_MAX];
  char name[64], netns[PATH_MAX];
  struct hv_device device = {0};
  struct hv_error error;
  hv_arguments(env, info, values);
  hv_text(env, values[0], name, sizeof name);
  struct hv_packet_options options = {.protocol = hv_integer(env, values[1]),
                                      .promiscuous = hv_integer(env, values[2]),
                                      .offload = hv_integer(env, values[3]),
                                      .outgoing = hv_integer(env, values[4])};
  hv_text(env, values[5], netns, sizeof netns);
  if (hv_open_packet(netns, name, &options, &device, &error) < 0) {
    return hv_raise(env, name, &error);
  }
  return device_object(env, &device, 1);
}

napi_value hv_js_close_device(napi_env env, napi_callback_info info) {
  napi_value values[ARGUMENTS_MAX];
  hv_arguments(env, info, values);
  int fd = hv_integer(env, values[0]);
  if (fd >= 0) close(fd);
  return NULL;
}

/* setCarrier(fd, on) */
napi_value hv_js_set_carrier(napi_env env, napi_callback_info info) {
  napi_value values[ARGUMENTS_MAX];
  struct hv_error error;
  char name[32];
  hv_arguments(env, info, values);
  int fd = hv_integer(env, values[0]);
  snprintf(name, sizeof name, "descriptor %d", fd);
  if (hv_set_carrier(fd, hv_integer(env, values[1]), &error) < 0) {
    return hv_raise(env, name, &error);
  }
  return NULL;
}

napi_value hv_js_signal_wake_up(napi_env env, napi_callback_info info) {
  napi_value values[ARGUMENTS_MAX];
  hv_arguments(env, info, values);
  return hv_number(env, hv_signal(hv_integer(env, values[0])));
}

napi_value hv_js_go_first(napi_env env, napi_callback_info info) {
  (void)info;
  return hv_number(env, hv_go_first());
}

napi_value hv_js_go_along(napi_env env, napi_callback_info info) {
  (void)info;
  return hv_number(env, hv_go_along());
}

napi_value hv_js_processor_time(napi_env env, napi_callback_info info) {
  (void)info;
  return hv_number(env, hv_processor_time());
}
