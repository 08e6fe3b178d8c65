/*
 * The core for Node: numbers in, numbers out. Arrays are handed over once, by `ioOpen`, and kept
 * by reference; no call of the hot path allocates. Everything belongs to the environment (the
 * main thread or a worker) that loaded it, so that each thread has its own.
 */
#define _GNU_SOURCE
#define NAPI_VERSION 8
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <node_api.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core.h"

#define IOS_MAX 64
#define ARRAYS 5
#define ARGUMENTS_MAX 6

struct entry {
  struct hv_io *io;
  napi_ref arrays[ARRAYS];
};

struct addon {
  struct entry entries[IOS_MAX];
};

static napi_value number(napi_env env, double value) {
  napi_value result = NULL;
  napi_create_double(env, value, &result);
  return result;
}

static void arguments(napi_env env, napi_callback_info info, napi_value *values) {
  size_t count = ARGUMENTS_MAX;
  napi_get_cb_info(env, info, &count, values, NULL, NULL);
}

static int32_t integer(napi_env env, napi_value value) {
  int32_t result = -1;
  napi_get_value_int32(env, value, &result);
  return result;
}

static void set_text(napi_env env, napi_value object, const char *key, const char *content) {
  napi_value value;
  napi_create_string_utf8(env, content, NAPI_AUTO_LENGTH, &value);
  napi_set_named_property(env, object, key, value);
}

/* "tap0: TUNSETIFF: EBUSY, device or resource busy", with code, errno and device. */
static napi_value raise(napi_env env, const char *device, const struct hv_error *error) {
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
  set_text(env, value, "name", "NativeError");
  set_text(env, value, "code", code);
  set_text(env, value, "device", device);
  napi_set_named_property(env, value, "errno", number(env, error->number));
  napi_throw(env, value);
  return NULL;
}

static napi_value device_object(napi_env env, const struct hv_device *device, int has_mtu) {
  napi_value object, flag;
  napi_create_object(env, &object);
  napi_set_named_property(env, object, "fd", number(env, device->fd));
  set_text(env, object, "name", device->name);
  napi_get_boolean(env, device->has_offload != 0, &flag);
  napi_set_named_property(env, object, "hasOffload", flag);
  if (has_mtu) napi_set_named_property(env, object, "mtu", number(env, device->mtu));
  return object;
}

static void text(napi_env env, napi_value value, char *buffer, size_t size) {
  buffer[0] = 0;
  napi_get_value_string_utf8(env, value, buffer, size, NULL);
}

/* openTap(name, offload, persistent) */
static napi_value open_tap(napi_env env, napi_callback_info info) {
  napi_value values[ARGUMENTS_MAX];
  char name[64];
  struct hv_device device = {0};
  struct hv_error error;
  arguments(env, info, values);
  text(env, values[0], name, sizeof name);
  int offload = integer(env, values[1]), persistent = integer(env, values[2]);
  if (hv_open_tap(name, offload, persistent, &device, &error) < 0) return raise(env, name, &error);
  return device_object(env, &device, 0);
}

/* openPacket(name, protocol, promiscuous, offload, netns) */
static napi_value open_packet(napi_env env, napi_callback_info info) {
  napi_value values[ARGUMENTS_MAX];
  char name[64], netns[PATH_MAX];
  struct hv_device device = {0};
  struct hv_error error;
  arguments(env, info, values);
  text(env, values[0], name, sizeof name);
  struct hv_packet_options options = {.protocol = integer(env, values[1]),
                                      .promiscuous = integer(env, values[2]),
                                      .offload = integer(env, values[3])};
  text(env, values[4], netns, sizeof netns);
  if (hv_open_packet(netns, name, &options, &device, &error) < 0) return raise(env, name, &error);
  return device_object(env, &device, 1);
}

static napi_value close_device(napi_env env, napi_callback_info info) {
  napi_value values[ARGUMENTS_MAX];
  arguments(env, info, values);
  close(integer(env, values[0]));
  return NULL;
}

/* setCarrier(fd, on) */
static napi_value set_carrier(napi_env env, napi_callback_info info) {
  napi_value values[ARGUMENTS_MAX];
  struct hv_error error;
  char name[32];
  arguments(env, info, values);
  int fd = integer(env, values[0]);
  snprintf(name, sizeof name, "descriptor %d", fd);
  if (hv_set_carrier(fd, integer(env, values[1]), &error) < 0) return raise(env, name, &error);
  return NULL;
}

static napi_value signal_wake_up(napi_env env, napi_callback_info info) {
  napi_value values[ARGUMENTS_MAX];
  arguments(env, info, values);
  return number(env, hv_signal(integer(env, values[0])));
}

static struct entry *entry_at(napi_env env, int32_t handle) {
  struct addon *addon = NULL;
  napi_get_instance_data(env, (void **)&addon);
  if (addon == NULL || handle < 0 || handle >= IOS_MAX) return NULL;
  return addon->entries[handle].io == NULL ? NULL : &addon->entries[handle];
}

static struct hv_io *io_at(napi_env env, napi_value handle) {
  struct entry *entry = entry_at(env, integer(env, handle));
  return entry == NULL ? NULL : entry->io;
}

/* The memory of a typed array of at least `least` elements, or NULL. */
static void *elements(napi_env env, napi_value array, napi_typedarray_type type, size_t least,
                      size_t *length) {
  napi_typedarray_type found;
  void *data = NULL;
  if (napi_get_typedarray_info(env, array, &found, length, &data, NULL, NULL) != napi_ok) {
    return NULL;
  }
  return found == type && *length >= least ? data : NULL;
}

static int take_arrays(napi_env env, const napi_value *values, struct hv_io *io) {
  size_t arena, queue, ready, other;
  io->arena = elements(env, values[0], napi_uint8_array, HV_SLOTS * HV_STRIDE, &arena);
  io->received =
      elements(env, values[1], napi_int32_array, HV_SLOTS * HV_RECEIVED_FIELDS, &other);
  io->queue = elements(env, values[2], napi_int32_array, HV_QUEUE_FIELDS, &queue);
  io->ready = elements(env, values[3], napi_int32_array, 1, &ready);
  io->counters =
      elements(env, values[4], napi_float64_array, HV_PORTS_MAX * HV_COUNTERS, &other);
  if (!io->arena || !io->received || !io->queue || !io->ready || !io->counters) return 0;
  if (arena > INT32_MAX) return 0;
  io->arena_length = (int32_t)arena;
  io->queue_capacity = (int32_t)(queue / HV_QUEUE_FIELDS);
  io->ready_capacity = (int32_t)ready;
  return 1;
}

/* ioOpen(arena, received, queue, ready, counters): a handle */
static napi_value io_open(napi_env env, napi_callback_info info) {
  napi_value values[ARGUMENTS_MAX];
  struct addon *addon = NULL;
  struct hv_error error = {ENOMEM, "ioOpen"};
  int handle = 0;
  arguments(env, info, values);
  napi_get_instance_data(env, (void **)&addon);
  while (handle < IOS_MAX && addon->entries[handle].io != NULL) handle++;
  if (handle == IOS_MAX) return raise(env, "io", &error);
  struct hv_io *io = calloc(1, sizeof *io);
  if (io == NULL) return raise(env, "io", &error);
  io->epoll_fd = io->event_fd = -1;
  if (!take_arrays(env, values, io)) {
    error.number = EINVAL;
  } else if (hv_io_open(io, &error) == 0) {
    struct entry *entry = &addon->entries[handle];
    entry->io = io;
    for (int i = 0; i < ARRAYS; i++) {
      napi_create_reference(env, values[i], 1, &entry->arrays[i]);
    }
    return number(env, handle);
  }
  free(io);
  return raise(env, "io", &error);
}

static napi_value io_close(napi_env env, napi_callback_info info) {
  napi_value values[ARGUMENTS_MAX];
  arguments(env, info, values);
  struct entry *entry = entry_at(env, integer(env, values[0]));
  if (entry == NULL) return NULL;
  hv_io_close(entry->io);
  free(entry->io);
  for (int i = 0; i < ARRAYS; i++) napi_delete_reference(env, entry->arrays[i]);
  memset(entry, 0, sizeof *entry);
  return NULL;
}

static napi_value io_wake_fd(napi_env env, napi_callback_info info) {
  napi_value values[ARGUMENTS_MAX];
  arguments(env, info, values);
  struct hv_io *io = io_at(env, values[0]);
  return number(env, io == NULL ? -1 : io->event_fd);
}

/* ioAttach(handle, fd, kind, hasHeader, name): the port's index */
static napi_value io_attach(napi_env env, napi_callback_info info) {
  napi_value values[ARGUMENTS_MAX];
  struct hv_error error = {EBADF, "attach"};
  char name[64];
  arguments(env, info, values);
  text(env, values[4], name, sizeof name);
  struct hv_io *io = io_at(env, values[0]);
  int fd = integer(env, values[1]), kind = integer(env, values[2]);
  int has_header = integer(env, values[3]);
  int index = io == NULL ? -1 : hv_attach(io, fd, kind, has_header, &error);
  return index < 0 ? raise(env, name, &error) : number(env, index);
}

static napi_value io_detach(napi_env env, napi_callback_info info) {
  napi_value values[ARGUMENTS_MAX];
  arguments(env, info, values);
  struct hv_io *io = io_at(env, values[0]);
  if (io != NULL) hv_detach(io, integer(env, values[1]));
  return NULL;
}

/* ioReceive(handle, index, capacity): frames now in `received` */
static napi_value io_receive(napi_env env, napi_callback_info info) {
  napi_value values[ARGUMENTS_MAX];
  arguments(env, info, values);
  struct hv_io *io = io_at(env, values[0]);
  int index = integer(env, values[1]), capacity = integer(env, values[2]);
  return number(env, io == NULL ? 0 : hv_receive(io, index, capacity));
}

/* ioSend(handle, count): frames lost */
static napi_value io_send(napi_env env, napi_callback_info info) {
  napi_value values[ARGUMENTS_MAX];
  arguments(env, info, values);
  struct hv_io *io = io_at(env, values[0]);
  return number(env, io == NULL ? 0 : hv_send(io, integer(env, values[1])));
}

/* ioWait(handle, milliseconds, capacity): ports now in `ready` */
static napi_value io_wait(napi_env env, napi_callback_info info) {
  napi_value values[ARGUMENTS_MAX];
  double milliseconds = 0;
  arguments(env, info, values);
  struct hv_io *io = io_at(env, values[0]);
  napi_get_value_double(env, values[1], &milliseconds);
  int capacity = integer(env, values[2]);
  return number(env, io == NULL ? 0 : hv_wait(io, milliseconds, capacity));
}

/* The thread ends: its references go with it. */
static void free_addon(napi_env env, void *data, void *hint) {
  struct addon *addon = data;
  (void)env;
  (void)hint;
  for (int i = 0; i < IOS_MAX; i++) {
    if (addon->entries[i].io == NULL) continue;
    hv_io_close(addon->entries[i].io);
    free(addon->entries[i].io);
  }
  free(addon);
}

static void set_limit(napi_env env, napi_value exports, const char *name, int value) {
  napi_set_named_property(env, exports, name, number(env, value));
}

NAPI_MODULE_INIT() {
  static const struct {
    const char *name;
    napi_callback call;
  } functions[] = {
      {"openTap", open_tap},       {"openPacket", open_packet}, {"closeDevice", close_device},
      {"setCarrier", set_carrier}, {"signal", signal_wake_up},  {"ioOpen", io_open},
      {"ioClose", io_close},       {"ioWakeFd", io_wake_fd},    {"ioAttach", io_attach},
      {"ioDetach", io_detach},     {"ioReceive", io_receive},   {"ioSend", io_send},
      {"ioWait", io_wait},
  };
  struct addon *addon = calloc(1, sizeof *addon);
  if (addon == NULL || napi_set_instance_data(env, addon, free_addon, NULL) != napi_ok) {
    free(addon);
    return NULL;
  }
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
    napi_value value;
    napi_create_function(env, functions[i].name, NAPI_AUTO_LENGTH, functions[i].call, NULL, &value);
    napi_set_named_property(env, exports, functions[i].name, value);
  }
  set_limit(env, exports, "slots", HV_SLOTS);
  set_limit(env, exports, "stride", HV_STRIDE);
  set_limit(env, exports, "portsMax", HV_PORTS_MAX);
  return exports;
}
